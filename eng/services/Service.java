import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** A key/value store over HTTP with some memory that lives long and much that does not. */
public final class Service {
    private static final Map<String, byte[]> stored = new ConcurrentHashMap<>();
    private static byte[][] kept;

    public static void main(String[] arguments) throws Exception {
        kept = new byte[Integer.parseInt(arguments[1])][];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new byte[1 << 20];
            for (int at = 0; at < kept[i].length; at++) kept[i][at] = (byte) (i * 31 + at * 7);
        }
        HttpServer server = HttpServer.create(new InetSocketAddress("0.0.0.0", Integer.parseInt(arguments[0])), 64);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/store", Service::store);
        server.createContext("/hash", Service::hash);
        server.start();
    }

    private static String parameter(HttpExchange exchange) {
        String query = exchange.getRequestURI().getQuery();
        return query.substring(query.indexOf('=') + 1);
    }

    private static void store(HttpExchange exchange) throws java.io.IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (exchange.getRequestMethod().equals("PUT")) {
            stored.put(parameter(exchange), body);
            answer(exchange, "stored".getBytes(StandardCharsets.UTF_8));
        } else {
            answer(exchange, stored.getOrDefault(parameter(exchange), new byte[0]));
        }
    }

    private static void hash(HttpExchange exchange) throws java.io.IOException {
        try {
            // Memory that lives long is looked at with every request.
            int block = (int) (System.nanoTime() >>> 8 & 0x7fffffff) % kept.length;
            int at = block * 977 % (1 << 20);
            if (kept[block][at] != (byte) (block * 31 + at * 7)) {
                exchange.sendResponseHeaders(500, -1);
                return;
            }
            byte[] digest = parameter(exchange).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 100; i++) digest = MessageDigest.getInstance("SHA-256").digest(digest);
            answer(exchange, HexFormat.of().formatHex(digest).getBytes(StandardCharsets.UTF_8));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(HttpExchange exchange, byte[] body) throws java.io.IOException {
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
