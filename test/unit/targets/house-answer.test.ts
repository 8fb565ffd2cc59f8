import { describe, expect, test } from 'vitest';
import { requestClasses } from '../../../harness/scenario/plan.js';
import { isHouseAnswer } from '../../../harness/targets/http/house-answer.js';

const order = { path: '/v1/orders', requestClass: requestClasses.indexOf('order.place'), elements: 1 };
const batch = { ...order, elements: 2 };
const ticker = { path: '/v1/ticker?symbol=BTC-USDT', requestClass: requestClasses.indexOf('ticker'), elements: 1 };
const amend = { path: '/v1/orders/o1', requestClass: requestClasses.indexOf('order.amend'), elements: 1 };
const recorded = { ...order, path: '/api/order' };

describe('a 2xx of a server that marks nothing', () => {
  test.each([
    [order, '{"orderId":"o1"}', true],
    [order, '{"orderId":7,"code":0}', true],
    [order, '{"orderId":""}', false],
    [order, '{"code":1002,"msg":"too many"}', false],
    [order, '{}', false],
    [order, '', false],
    [order, '[{"orderId":"o1"}]', false],
    [order, '<html></html>', false],
    [batch, '[{"orderId":"o1"},{"error":{"reason":"bad-order"}}]', true],
    [batch, '{"code":1002}', false],
    [ticker, '{}', true],
    [ticker, '', true],
    [ticker, '[1]', true],
    [ticker, '"ok"', false],
    [ticker, 'null', false],
    [ticker, '<html></html>', false],
    [ticker, '{"code":1002}', false],
    [ticker, '{"code":"1002"}', false],
    [ticker, '{"retCode":10006}', false],
    [ticker, '{"code":{"toString":1}}', false],
    [ticker, '{"code":0}', true],
    [ticker, '{"code":null}', true],
    [ticker, '{"code":"00000"}', true],
    [ticker, '{"code":"200000"}', true],
    [ticker, '{"code":200,"success":true,"ok":true}', true],
    [ticker, '{"success":false}', false],
    [ticker, '{"ok":false}', false],
    [ticker, '{"error":{"reason":"throttled"}}', false],
    [ticker, '{"errors":["no"]}', false],
    [ticker, '{"error":null,"errors":[]}', true],
    [amend, '{"error":"no"}', false],
    [amend, '', true],
    [recorded, '<html></html>', true],
  ])('to %j with the body %s is an admission: %s', (intent, text, isAdmission) => {
    expect(isHouseAnswer(intent, text)).toBe(isAdmission);
  });
});
