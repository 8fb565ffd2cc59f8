/** Texts that are no YAML, or more than plain YAML. */
import { type BadFile, badScenario, badText } from './bad-file.js';

export const badTexts: readonly BadFile[] = [
  badText('an empty file says nothing', '', ['FP_YAML_EMPTY scenario.yaml:1:1 the file is empty']),
  badText('a comment says nothing', '# later\n', ['FP_YAML_EMPTY scenario.yaml:1:1 the file is empty']),
  badText('a list is not a file', '- a\n', ['FP_TYPE_WRONG scenario.yaml:1:1 the file must be a mapping, got a list']),
  badText('a text is not a file', '\nhello\n', [
    'FP_TYPE_WRONG scenario.yaml:2:1 the file must be a mapping, got "hello"',
  ]),
  badScenario(
    'brackets must be closed',
    [['{ name: calm, for: 2s }', '{ name: calm, for: 2s']],
    [
      'FP_YAML_SYNTAX scenario.yaml:7:3 the text cannot be read: Flow map in block collection must be sufficiently indented and end with a }',
    ],
  ),
  badScenario(
    'tabs look like any number of spaces',
    [['    label: legit', '\tlabel: legit']],
    ['FP_YAML_TAB scenario.yaml:10:1 the text cannot be read: Tabs are not allowed as indentation'],
  ),
  badScenario(
    'the second of two keys would win in silence',
    [['name: small\n', 'name: small\nname: other\n']],
    ['FP_YAML_DUPLICATE_KEY scenario.yaml:3:1 the text cannot be read: Map keys must be unique'],
  ),
  badScenario(
    'two documents are two files',
    [['expect:', '---\nexpect:']],
    ['FP_YAML_DOCUMENTS scenario.yaml:19:1 a second document begins here'],
  ),
  badScenario(
    'tags could make values that are not plain',
    [['name: small', 'name: !!js/function small']],
    ['FP_YAML_TAG scenario.yaml:2:7 the text cannot be read: Unresolved tag: tag:yaml.org,2002:js/function'],
  ),
  badScenario(
    'an alias needs its anchor',
    [['Nothing happens.', '*nowhere']],
    ['FP_YAML_ALIASES scenario.yaml:3:8 the alias "nowhere" has no anchor before it'],
  ),
  badScenario(
    'a prototype is no place for a scenario',
    [['name: small', '__proto__: { polluted: true }\nname: small']],
    ['FP_KEY_FORBIDDEN scenario.yaml:2:1 the key "__proto__" is forbidden'],
  ),
  badScenario(
    'nor is a constructor, however deep',
    [['    behaviour: order-flood', '    behaviour: order-flood\n    with: { constructor: { prototype: 1 } }']],
    ['FP_KEY_FORBIDDEN scenario.yaml:18:13 the key "constructor" is forbidden'],
  ),
];
