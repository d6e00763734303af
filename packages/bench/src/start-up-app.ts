// The application of row 10: says when its first line ran, in ms since its process began.
process.stdout.write(`${performance.now()}\n`);
