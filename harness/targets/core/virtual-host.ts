/** What requests of virtual time have as their Host: profiles that sign it need one. The name is reserved, RFC 2606. */
export const VIRTUAL_HOST = 'core.invalid';
