/** From what user space wrote to what the kernel works with: whole pages, defaults filled in. */
import fc from 'fast-check';
import { checkedOp } from '../../../domain/ioctl/bind-request.ts';
import { hexOfPages } from '../../../domain/units.ts';

const page = fc.nat(2 ** 30).map((n) => n * 2 ** 20);

test('a map op in pages', () => {
  const property = fc.property(page, page, page, fc.boolean(), (addr, range, offset, readOnly) => {
    const op = {
      map: {
        addr: hexOfPages(addr),
        range: hexOfPages(range),
        offset: hexOfPages(offset),
        bo: 'data',
        readOnly,
      },
    };
    const expected = { op: 'map', addr, range, offset, obj: 'data', null: false, readOnly };
    expect(checkedOp(op)).toEqual(expected);
  });
  fc.assert(property);
});

test('a NULL map has no object, no offset, and is writable unless it says otherwise', () => {
  expect(checkedOp({ map: { addr: '0x0', range: '0x1000', null: true } })).toEqual({
    op: 'map',
    addr: 0,
    range: 1,
    obj: null,
    offset: 0,
    null: true,
    readOnly: false,
  });
});

test('unmap and unmap_all', () => {
  const unmap = { addr: '0xfffffffffffff000', range: '0x1000' };
  expect(checkedOp({ unmap })).toEqual({ op: 'unmap', addr: 2 ** 52 - 1, range: 1 });
  expect(checkedOp({ unmapAll: { bo: 'data' } })).toEqual({ op: 'unmapAll', obj: 'data' });
});

test('what did not pass the checks throws', () => {
  expect(() => checkedOp({ unmap: { addr: '0x800', range: '0x1000' } })).toThrow(
    '0x800: unaligned',
  );
});
