// Twenty WebSockets: echoes and ticks must come in order, none missing. Same contract as http_load.py.
const WebSocket = require('ws');
let answers = 0, wrong = 0, lost = 0, stall = 0, ready = 0, ending = false;

function open(number) {
    const socket = new WebSocket(`ws://${process.argv[2]}:${process.argv[3]}/`);
    let tick = 0, echo = 0, last = null;
    const ask = () => socket.send(`${number}-${echo}`);
    socket.on('open', ask);
    socket.on('message', data => {
        const text = data.toString(), now = performance.now();
        if (last !== null) stall = Math.max(stall, now - last);
        last = now;
        answers++;
        if (text.startsWith('tick')) {
            if (text !== `tick ${tick}`) { wrong++; console.error(`${text} instead of tick ${tick}`); }
            if (tick++ === 10) { ready++; if (ready === 20) { stall = 0; console.log('ready'); } }
        } else {
            if (text !== `echo ${number}-${echo}`) { wrong++; console.error(`${text} instead of echo ${number}-${echo}`); }
            echo++;
            setTimeout(ask, 20);
        }
    });
    socket.on('error', e => console.error(e.message));
    socket.on('close', () => { if (!ending) lost++; });
}
for (let number = 0; number < 20; number++) open(number);
const tell = () => console.log(JSON.stringify({ answers, wrong, lost, longestStallMs: Math.round(stall * 10) / 10 }));
require('readline').createInterface({ input: process.stdin }).on('line', () => {
    tell();
    stall = 0;
}).on('close', () => {
    ending = true;
    tell();
    process.exit(0);
});
