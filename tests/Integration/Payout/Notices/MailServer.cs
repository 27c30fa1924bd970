using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace ContestPipeline.Integration.Payout.Notices;

/// <summary>A mail that arrived.</summary>
/// <param name="Data">Its headers as they came, and its text.</param>
internal sealed record ArrivedMail(string From, string To, string Data, MimeMessage Message, bool IsEncrypted);

/// <summary>A mail server that takes whatever comes, by the real protocol (RFC 5321), and can refuse for a while.</summary>
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

    public ConcurrentQueue<ArrivedMail> Mails { get; } = [];

    /// <summary>Every line that clients sent, whether it was encrypted.</summary>
    public ConcurrentQueue<(string Line, bool IsEncrypted)> Heard { get; } = [];

    /// <summary>Answers 451 to recipients while true.</summary>
    public bool Refuses { get; set; }

    /// <summary>Offers STARTTLS (RFC 3207) with it, or speaks TLS at once (RFC 8314); null: only plaintext.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Speaks TLS from the first byte.</summary>
    public bool IsImplicit { get; init; }

    /// <summary>Takes mail of this account only, and asks for it where it is encrypted (RFC 4954); null: of everybody.</summary>
    public (string User, string Password)? Account { get; init; }

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
            try
            {
                await using var plain = client.GetStream();
                if (!IsImplicit) await Converse(plain, isEncrypted: false, "220 ready");
                else await Converse(await Encrypt(plain), isEncrypted: true, "220 ready");
            }
            catch (Exception trouble) when (trouble is IOException or AuthenticationException)
            {
                // A client that does not believe the certificate hangs up.
            }
        }
    }

    private async Task<Stream> Encrypt(Stream plain)
    {
        var encrypted = new SslStream(plain);
        await encrypted.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = Certificate }, ending.Token);
        return encrypted;
    }

    private async Task Converse(Stream stream, bool isEncrypted, string? greeting)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        await using var writer = new StreamWriter(
            stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n", AutoFlush = true };
        if (greeting is not null) await writer.WriteLineAsync(greeting);
        var (from, to, isKnown) = ("", "", Account is null);
        while (await reader.ReadLineAsync(ending.Token) is { } line)
        {
            Heard.Enqueue((line, isEncrypted));
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-here");
                    if (Certificate is not null && !isEncrypted) await writer.WriteLineAsync("250-STARTTLS");
                    if (Account is not null && isEncrypted) await writer.WriteLineAsync("250-AUTH PLAIN");
                    await writer.WriteLineAsync("250 8BITMIME");
                    break;
                case "STARTTLS" when Certificate is not null && !isEncrypted:
                    await writer.WriteLineAsync("220 go on");
                    await Converse(await Encrypt(stream), isEncrypted: true, greeting: null);
                    return;
                case "AUTH":
                    isKnown = line
                        == $"AUTH PLAIN "
                            + $"{Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{Account?.User}\0{Account?.Password}"))}";
                    await writer.WriteLineAsync(isKnown ? "235 known" : "535 nobody");
                    break;
                case "MAIL":
                    from = line;
                    await writer.WriteLineAsync(isKnown ? "250 ok" : "530 sign in");
                    break;
                case "RCPT":
                    to = line;
                    await writer.WriteLineAsync(Refuses ? "451 later" : "250 ok");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    var (data, message) = await Data(reader);
                    Mails.Enqueue(new ArrivedMail(from, to, data, message, isEncrypted));
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

    private async Task<(string Data, MimeMessage Message)> Data(StreamReader reader)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(ending.Token) is { } line && line != ".")
            data.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(data.ToString())), ending.Token);
        return ($"{string.Join("\r\n", message.Headers)}\r\n\r\n{message.TextBody}", message);
    }
}
