/** Loaded before a program: nothing that it connects to or looks up is anywhere but on this machine. */
import dns from 'node:dns';
import net from 'node:net';

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === 'object' && options !== null ? (options.host ?? 'localhost') : String(args[1]);
  if (host !== '127.0.0.1') throw new Error(`a program of the tests wanted to reach ${host}`);
  return connect.apply(this, args);
};
dns.lookup = (name) => {
  throw new Error(`a program of the tests wanted to look ${name} up`);
};
