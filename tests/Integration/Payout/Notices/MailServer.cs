using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ContestPipeline.Integration.Payout.Notices;

/// <summary>A mail server that takes whatever comes, by the real protocol, and can refuse for a while.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly Task serving;

    public MailServer()
    {
        listener.Start();
        serving = Serve();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public ConcurrentQueue<(string From, string To, string Data)> Mails { get; } = [];

    /// <summary>Answers 451 to recipients while true.</summary>
    public bool Refuses { get; set; }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
    }

    private async Task Serve()
    {
        while (!ending.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(ending.Token);
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 ready");
            await Converse(reader, writer);
        }
    }

    private async Task Converse(StreamReader reader, StreamWriter writer)
    {
        var (from, to) = ("", "");
        while (await reader.ReadLineAsync(ending.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "MAIL":
                    from = line;
                    await writer.WriteLineAsync("250 ok");
                    break;
                case "RCPT":
                    to = line;
                    await writer.WriteLineAsync(Refuses ? "451 later" : "250 ok");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    Mails.Enqueue((from, to, await Data(reader)));
                    await writer.WriteLineAsync("250 taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                default:
                    await writer.WriteLineAsync("250 ok");
                    break;
            }
        }
    }

    private async Task<string> Data(StreamReader reader)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(ending.Token) is { } line && line != ".") data.AppendLine(line);
        var mail = data.ToString();
        var (head, body) = (mail[..mail.IndexOf("\r\n\r\n".ReplaceLineEndings(), StringComparison.Ordinal)], mail[mail.IndexOf("\r\n\r\n".ReplaceLineEndings(), StringComparison.Ordinal)..]);
        return head.Contains("base64", StringComparison.OrdinalIgnoreCase) ? head + Encoding.UTF8.GetString(Convert.FromBase64String(body.ReplaceLineEndings("").Trim())) : mail;
    }
}
