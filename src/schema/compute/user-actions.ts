import { registerUser } from '../../actions/registry/register-user.js';
import { updateUser } from '../../actions/registry/update-user.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { EMPTIABLE, EXPECTED_VERSION, UNCHANGED } from './registry-words.js';
import { UserType } from './user.js';

const NAME = 'Name for people, 1–255 characters.';
const ROLE = 'What it does, in your own words, 1–100 characters.';
const PREFERENCES = 'What it prefers, a JSON object of at most 16,384 characters.';

const RegisterUserInput = builder.inputType('RegisterUserInput', {
  description: 'A new user of your operator.',
  fields: (t) => ({
    email: t.string({ required: true, description: 'Its address, which no other user of yours has.' }),
    name: t.string({ required: true, description: NAME }),
    role: t.string({ description: `${ROLE} \`researcher\` when left out.` }),
    preferences: t.field({ type: 'JSON', description: PREFERENCES }),
  }),
});

actionMutation(registerUser, {
  input: RegisterUserInput,
  type: UserType,
  description: 'Registers a user of your operator.',
});

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'What changes of a user of yours; what is left out stays.',
  fields: (t) => ({
    email: t.string({ required: true, description: 'Which one, by the address it has now.' }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    newEmail: t.string({ description: `Its address from now on. ${UNCHANGED}` }),
    name: t.string({ description: `${NAME} ${UNCHANGED}` }),
    role: t.string({ description: `${ROLE} ${UNCHANGED}` }),
    preferences: t.field({ type: 'JSON', description: `${PREFERENCES} ${EMPTIABLE}` }),
    isActive: t.boolean({ description: `False: no new work is submitted for it. ${UNCHANGED}` }),
  }),
});

actionMutation(updateUser, {
  input: UpdateUserInput,
  type: UserType,
  description: 'Changes a user of your operator.',
});
