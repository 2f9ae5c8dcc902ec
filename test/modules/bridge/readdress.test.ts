import { expect, test } from 'vitest';
import { readdress } from '../../../src/modules/bridge/runtime-scripts.ts';
import type { Ipv4Wish } from '../../../src/modules/bridge/wish.ts';

const wish = (gateway: string): Ipv4Wish => ({
  method: 'static',
  addresses: ['192.0.2.10/24'],
  gateway,
  dns: [],
});

/** Whether another gateway gets `onlink`, so that the route is the one that the backend's own tools make. */
test.each([
  ['a gateway in the subnet', '192.0.2.254', false, null, 'dev br0'],
  ['a gateway elsewhere', '198.51.100.1', false, null, 'dev br0 onlink'],
  ['tools that always say it', '192.0.2.254', true, null, 'dev br0 onlink'],
  ['a stanza with a metric', '192.0.2.254', true, 100, 'dev br0 metric 100 onlink'],
])('the default route of %s', (_, gateway, onLink, metric, ends) => {
  const { text } = readdress('br0', wish('192.0.2.1'), wish(gateway), [], { onLink, metric });
  const routes = text.split('\n').map((line) => line.trim());
  expect(routes.filter((line) => line.startsWith('ip route'))).toEqual([
    `ip route replace default via ${gateway} ${ends}`,
  ]);
});
