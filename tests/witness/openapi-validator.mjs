// Holds exchanges with the gateway to its OpenAPI document, with the npm library ajv. Objects are closed here: a field that an
// answer has and the document has not is an error.
// usage: node openapi-validator.mjs DOCUMENT < one JSON object a line; prints a JSON string a line: "" or what is wrong.
//   {"examples": true}: every example of the document
//   {operation?, method, path, request, status, headers, response}: an exchange; `operation` instead of method and path
import fs from 'node:fs';
import readline from 'node:readline';
import { load } from '../../scripts/dev/tools.mjs';

const Ajv = load('ajv/dist/2020.js').default;
const formats = load('ajv-formats').default;
const document = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const original = structuredClone(document);
const ajv = new Ajv({ strict: false, allErrors: false });
formats(ajv);

const at = (reference) => reference.slice(2).split('/').reduce((node, part) => node[unescape(part)], original);
const unescape = (part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
const pointer = (...parts) => `document#/${parts.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** Closes every object schema below a node. Parts of an allOf are taken in as they are, and closed together. */
function close(node, isPart = false) {
  if (Array.isArray(node)) return node.forEach((item) => close(item));
  if (node === null || typeof node !== 'object') return;
  if (node.allOf) {
    node.allOf = node.allOf.map((part) => (part.$ref ? structuredClone(at(part.$ref)) : part));
    node.allOf.forEach((part) => close(part, true));
    node.unevaluatedProperties = false;
    return;
  }
  for (const [name, part] of Object.entries(node)) if (name !== 'examples' && name !== 'example') close(part);
  if (node.properties && node.type && !isPart && !('additionalProperties' in node)) node.unevaluatedProperties = false;
}
close(document.components.schemas);
close(document.paths);
ajv.addSchema(document, 'document');

const compiled = new Map();
function wrong(reference, value) {
  if (!compiled.has(reference)) compiled.set(reference, ajv.compile({ $ref: reference }));
  const validate = compiled.get(reference);
  return validate(value) ? '' : `${ajv.errorsText(validate.errors)} ${JSON.stringify(validate.errors[0].params)}`;
}

const resolve = (node) => (node?.$ref ? at(node.$ref) : node);
const operations = Object.entries(original.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({
  path, method, operation, form: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}/?$`, 'i'), parameters: path.split('{').length,
}))).sort((a, b) => a.parameters - b.parameters);

const find = ({ operation, method, path }) => operation
  ? operations.find((known) => known.operation.operationId === operation)
  : operations.find((known) => known.method === method.toLowerCase() && known.form.test(path.split('?')[0]));

function parse(text) {
  try { return { value: JSON.parse(text) }; } catch { return { refusal: `not JSON: ${text.slice(0, 200)}` }; }
}

function checkAnswer({ path, method, operation }, { status, headers, response }) {
  const answer = operation.responses[status];
  if (!answer) return `answers ${status}, which is not in the document: ${response.slice(0, 300)}`;
  for (const [name, reference] of Object.entries(answer.headers ?? {})) {
    const header = resolve(reference);
    const value = headers[name.toLowerCase()];
    if (value === undefined ? header.required : !ajv.validate(header.schema, value)) return `header ${name}: ${value}`;
  }
  if (!answer.content) return response === '' ? '' : 'a body where there should be none';
  const type = (headers['content-type'] ?? '').split(';')[0];
  if (!answer.content[type]) return `content type ${type} is not in the document`;
  if (!type.endsWith('json')) return '';
  const { value, refusal } = parse(response);
  return refusal ?? wrong(pointer('paths', path, method, 'responses', status, 'content', type, 'schema'), value);
}

/** What was accepted must be what the document allows. */
function checkRequest({ path, method, operation }, { path: asked, request }) {
  if (operation.requestBody && (request || operation.requestBody.required)) {
    const { value, refusal } = parse(request ?? '');
    const fault = refusal ?? wrong(pointer('paths', path, method, 'requestBody', 'content', 'application/json', 'schema'), value);
    if (fault) return `accepted a body that the document does not allow: ${fault}`;
  }
  const query = new URLSearchParams((asked ?? '').split('?')[1] ?? '');
  for (const parameter of (operation.parameters ?? []).map(resolve).filter((known) => known.in === 'query' && query.has(known.name))) {
    const schema = resolve(parameter.schema);
    const text = query.get(parameter.name);
    const index = operation.parameters.findIndex((known) => resolve(known).name === parameter.name);
    const place = operation.parameters[index].$ref
      ? `document${operation.parameters[index].$ref}/schema`
      : pointer('paths', path, method, 'parameters', index, 'schema');
    const fault = wrong(place, schema.type === 'integer' ? Number(text) : text);
    if (fault) return `accepted ${parameter.name}=${text}: ${fault}`;
  }
  return '';
}

function checkExchange(exchange) {
  const call = find(exchange);
  if (!call) {
    const { value, refusal } = parse(exchange.response);
    const fault = refusal ?? wrong(pointer('components', 'schemas', 'Problem'), value);
    return fault || (exchange.status === 404 && value.code === 'not_found') || exchange.status === 429
      ? fault
      : `a call that is not in the document answers ${exchange.status}`;
  }
  const fault = checkAnswer(call, exchange) || (exchange.status < 300 ? checkRequest(call, exchange) : '');
  return fault && `${call.operation.operationId}: ${fault}`;
}

function checkExamples() {
  const faults = [];
  function walk(node, parts) {
    if (node === null || typeof node !== 'object') return;
    if (Array.isArray(node.examples) && (node.type || node.const || node.oneOf || node.allOf))
      for (const example of node.examples) {
        const fault = wrong(pointer(...parts), example);
        if (fault) faults.push(`${parts.join('/')}: ${fault}`);
      }
    for (const [name, part] of Object.entries(node)) if (name !== 'examples') walk(part, [...parts, name]);
  }
  walk(original.components.schemas, ['components', 'schemas']);
  return faults.join('\n');
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify(question.examples ? checkExamples() : checkExchange(question)));
}
