import { tellAdmitted, tellRefused } from './house-answer.js';
import { JSON_TYPE, type Wording } from './wording.js';

/** The gateway's own words: see `house-answer.ts`. */
export const houseWording: Wording = {
  admitted: (reply, told) => tellAdmitted(told, (name, value) => reply.header(name, value)),
  refused: (_request, reply, told) => {
    const { status, body } = tellRefused(told, (name, value) => reply.header(name, value));
    reply.code(status).header('content-type', JSON_TYPE).send(body);
  },
  credited: () => undefined,
};
