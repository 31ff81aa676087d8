/** As much of a JSON schema as the API's description is written in. */
export interface Schema {
	type?: string | string[];
	properties?: Record<string, Schema>;
	required?: string[];
	items?: Schema;
	enum?: unknown[];
	const?: unknown;
	anyOf?: Schema[];
	oneOf?: Schema[];
	format?: string;
	additionalProperties?: Schema | boolean;
}

interface Body {
	content?: Record<string, { schema?: Schema }>;
}

/** One route of /api/openapi.json. */
export interface Operation {
	method: string;
	path: string;
	summary: string;
	about: string;
	/** what it takes in its address */
	parameters: { name: string; in: string; schema: Schema }[];
	/** null: nothing */
	sends: Schema | null;
	answers: { status: string; schema: Schema | null };
	refuses: { status: string; codes: string }[];
}

/** The description as it is served. */
export interface Description {
	paths: Record<
		string,
		Record<
			string,
			{
				summary?: string;
				tags?: string[];
				parameters?: Operation['parameters'];
				requestBody?: Body;
				responses: Record<string, Body & { description: string }>;
			}
		>
	>;
}

const schemaIn = (body: Body | undefined): Schema | null => Object.values(body?.content ?? {})[0]?.schema ?? null;

/** Its routes, by what they are about, in the order in which they are registered. */
export function operationsOf({ paths }: Description): Map<string, Operation[]> {
	const found = new Map<string, Operation[]>();
	for (const [path, methods] of Object.entries(paths)) {
		for (const [method, { summary = '', tags = [], parameters = [], requestBody, responses }] of Object.entries(methods)) {
			const [about = ''] = tags;
			const [status = '', answer] = Object.entries(responses).find(([status]) => Number(status) < 400) ?? [];
			const refuses = Object.entries(responses).flatMap(([status, { description }]) => (Number(status) < 400 ? [] : [{ status, codes: description }]));
			const operation = {
				method: method.toUpperCase(),
				path,
				summary,
				about,
				parameters,
				sends: schemaIn(requestBody),
				answers: { status, schema: schemaIn(answer) },
				refuses
			};
			found.set(about, [...(found.get(about) ?? []), operation]);
		}
	}
	return found;
}

/** A schema as somebody would write the type: one line for what is short, indented otherwise. */
export function typeOf(schema: Schema, indent = ''): string {
	if (schema.const !== undefined) return JSON.stringify(schema.const);
	if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
	const either = schema.anyOf ?? schema.oneOf;
	if (either) return either.map((one) => typeOf(one, indent)).join(' | ');
	if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(' | ');
	if (schema.type === 'array') return `${schema.items ? typeOf(schema.items, indent) : 'unknown'}[]`;
	if (schema.type === 'object' && schema.properties) {
		const inner = `${indent}  `;
		const required = new Set(schema.required);
		const lines = Object.entries(schema.properties).map(([name, value]) => `${inner}${name}${required.has(name) ? '' : '?'}: ${typeOf(value, inner)}`);
		return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
	}
	if (schema.type === 'object') return typeof schema.additionalProperties === 'object' ? `{ [name]: ${typeOf(schema.additionalProperties, indent)} }` : '{}';
	return schema.format ? `${String(schema.type)} (${schema.format})` : String(schema.type ?? 'any');
}
