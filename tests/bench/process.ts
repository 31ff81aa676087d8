import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { main, node } from '../support/node.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type NewSomebody } from '../support/product.ts';
import { median, ms, print } from './figures.ts';

const starts = 5;
const peopleInRoom = 50;

/** Start-up and memory, next to a Node process that does nothing. */
export async function benchProcess(): Promise<void> {
	const everybody: NewSomebody[] = Array.from({ length: peopleInRoom }, (_, i) => ({ name: { en: `Member ${i}` }, role: i === 0 ? 'facilitator' : 'member' }));
	const product = await Product.prepare(everybody);
	const served: number[] = [];
	const bare: number[] = [];
	for (let i = 0; i < starts; i++) {
		let began = performance.now();
		const child = spawn(process.execPath, ['-e', '']);
		await once(child, 'exit');
		bare.push(performance.now() - began);
		began = performance.now();
		await product.start();
		served.push(performance.now() - began);
		if (i < starts - 1) await product.stop();
	}
	print('start to ready, database there already', `median ${ms(median(served))}`, `bare node: ${ms(median(bare))}`);
	const refusals: number[] = [];
	for (let i = 0; i < starts; i++) refusals.push(await refusal(product.database.dataDir));
	print('a data folder in use: start to refusal', `median ${ms(median(refusals))}`, `bare node: ${ms(median(bare))}`);
	print('memory after start (RSS)', `${residentMegabytes(product.pid)} MB`, `bare node: ${await bareMegabytes()} MB`);
	const pages = await Promise.all(product.people.map((person) => openPage(product, person, product.founding.documents.swot)));
	await Promise.all(pages.map((page) => untilStatus(page, saved)));
	print(`memory with ${peopleInRoom} people on a board (RSS)`, `${residentMegabytes(product.pid)} MB`);
	for (const page of pages) page.close();
	await product.stop();
	await product.remove();
}

/** Starts a second server on a data folder that one is on. */
async function refusal(dataDir: string): Promise<number> {
	const began = performance.now();
	const child = spawn(node, main, {
		env: { ...process.env, PORT: '0', DATA_DIR: dataDir },
		stdio: 'ignore'
	});
	const [code] = (await once(child, 'exit')) as [number];
	if (code !== 1) throw new Error(`it ended with ${code}`);
	return performance.now() - began;
}

/** What a process has in memory. */
export const residentMegabytes = (pid: number): number => Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024);

/** Milliseconds of the processors that a process and its threads have had so far. Linux counts a hundred ticks a second. */
export function processorMs(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function bareMegabytes(): Promise<number> {
	const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
	await pause(500);
	const megabytes = residentMegabytes(child.pid!);
	child.kill();
	return megabytes;
}
