using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

// A web service as people write it: a key/value store, hashes, and memory that it keeps and looks at. Moved under load by the tests and the demo.
WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(static options => options.Limits.KeepAliveTimeout = TimeSpan.FromHours(1));
WebApplication service = builder.Build();

var stored = new ConcurrentDictionary<string, byte[]>();
byte[][] kept = new byte[int.Parse(args[0], CultureInfo.InvariantCulture)][];
for (int block = 0; block < kept.Length; block++)
{
    kept[block] = [.. Enumerable.Range(0, 1 << 20).Select(at => Content(block, at))];
}

service.MapPut("/store", async (string key, HttpRequest request) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body);
    stored[key] = body.ToArray();
    return "stored";
});
service.MapGet("/store", (string key) => Results.Bytes(stored.GetValueOrDefault(key, []), "text/plain"));
service.MapGet("/hash", (string text) =>
{
    int block = Random.Shared.Next(kept.Length);
    int at = Random.Shared.Next(1 << 20);
    if (kept[block][at] != Content(block, at))
    {
        return Results.StatusCode(StatusCodes.Status500InternalServerError);
    }

    byte[] digest = Encoding.UTF8.GetBytes(text);
    for (int i = 0; i < 100; i++)
    {
        digest = SHA256.HashData(digest);
    }

    return Results.Text(Convert.ToHexStringLower(digest));
});
await service.RunAsync();

static byte Content(int block, int at) => (byte)((block * 31) + (at * 7));
