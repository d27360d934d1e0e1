/** From what user space wrote to what the kernel works with: whole pages, defaults filled in. */
import fc from 'fast-check';
import { checkedOp } from '../../../domain/ioctl/bind-request.ts';
import { PLAIN } from '../../../domain/va/mapping.ts';
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
    const attrs = { ...PLAIN, readOnly };
    const flags = { immediate: false, injectError: false };
    const expected = { op: 'map', addr, range, offset, obj: 'data', attrs, ...flags };
    expect(checkedOp(op, false)).toEqual(expected);
  });
  fc.assert(property);
});

test('a NULL map has no object, no offset, and is writable unless it says otherwise', () => {
  expect(checkedOp({ map: { addr: '0x0', range: '0x1000', null: true } }, true)).toEqual({
    op: 'map',
    addr: 0,
    range: 1,
    obj: null,
    offset: 0,
    attrs: { ...PLAIN, null: true },
    immediate: false,
    injectError: false,
  });
});

test('unmap and unmap_all', () => {
  const unmap = { addr: '0xfffffffffffff000', range: '0x1000' };
  const injectError = false;
  const span = { addr: 2 ** 52 - 1, range: 1 };
  expect(checkedOp({ unmap }, false)).toEqual({ op: 'unmap', ...span, injectError });
  const all = { unmapAll: { bo: 'data' } };
  expect(checkedOp(all, true)).toEqual({ op: 'unmapAll', obj: 'data', injectError });
});

test('what did not pass the checks throws', () => {
  expect(() => checkedOp({ unmap: { addr: '0x800', range: '0x1000' } }, false)).toThrow(
    '0x800: unaligned',
  );
});
