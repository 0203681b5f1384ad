// A key/value store over HTTP and, over WebSockets, echoes and ticks that are numbered.
const http = require('http'), crypto = require('crypto'), { WebSocketServer } = require('ws');
const stored = new Map();

const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://service');
    const end = body => { response.setHeader('Content-Length', Buffer.byteLength(body)); response.end(body); };
    if (url.pathname === '/hash') {
        let digest = Buffer.from(url.searchParams.get('text'));
        for (let i = 0; i < 100; i++) digest = crypto.createHash('sha256').update(digest).digest();
        end(digest.toString('hex'));
    } else if (request.method === 'PUT') {
        const parts = [];
        request.on('data', part => parts.push(part));
        request.on('end', () => { stored.set(url.searchParams.get('key'), Buffer.concat(parts).toString()); end('stored'); });
    } else end(stored.get(url.searchParams.get('key')) ?? '');
});
server.keepAliveTimeout = 600000;
server.requestTimeout = 0;
new WebSocketServer({ server }).on('connection', socket => {
    let tick = 0;
    const ticking = setInterval(() => socket.send(`tick ${tick++}`), 50);
    socket.on('message', text => socket.send(`echo ${text}`));
    socket.on('close', () => clearInterval(ticking));
});
server.listen(Number(process.argv[2]), '0.0.0.0');
