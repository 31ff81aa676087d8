import adapter from '@sveltejs/adapter-node';

/** The one place for the options of Svelte and SvelteKit; vite.config.ts passes them on. */
/** @type {import('@sveltejs/kit/vite').Config} */
export default {
	adapter: adapter({ out: 'build' }),
	compilerOptions: { runes: true },
	// relative to Vite's root, web/
	outDir: '../.svelte-kit',
	files: { src: '.', assets: 'static' },
	// no script and nothing else from another host, no script inside a page but SvelteKit's own start, by its nonce
	csp: {
		mode: 'nonce',
		directives: {
			'default-src': ['self'],
			'script-src': ['self'],
			// places of dragged cards and carets are style attributes
			'style-src': ['self', 'unsafe-inline'],
			'img-src': ['self', 'data:', 'blob:'],
			'connect-src': ['self'],
			'object-src': ['none'],
			'base-uri': ['self'],
			'form-action': ['self'],
			'frame-ancestors': ['none']
		}
	}
};
