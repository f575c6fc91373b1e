using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KafkaK8s.Tests.Eks;

/// <summary>A small HTTP service of one test: what the function gives, else a refusal.</summary>
internal sealed class HttpDouble : IDisposable
{
    private readonly HttpListener listener = new();

    public HttpDouble(Func<string, HttpListenerRequest, string?> answer, int refusal = 403, string refused = "{}")
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        listener.Prefixes.Add(Address + "/");
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (listener.IsListening)
            {
                var context = await listener.GetContextAsync();
                string? text = answer(context.Request.Url!.AbsolutePath, context.Request);
                context.Response.StatusCode = text is null ? refusal : 200;
                context.Response.ContentType = (text ?? refused).StartsWith('<') ? "text/xml" : "application/json";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text ?? refused));
                context.Response.Close();
            }
        });
    }

    public string Address { get; }

    public void Dispose() => ((IDisposable)listener).Dispose();
}
