using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Contracts;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.Notifications;

/// <summary>A way to people. A notice may come twice after a crash; its id says so.</summary>
public interface INoticeSink
{
    string Name { get; }

    /// <returns>Null when it was taken; otherwise why not. What it throws is as much of a refusal.</returns>
    Task<string?> Deliver(Notice notice, int level, CancellationToken ct);
}

/// <summary>Writes notices to the log.</summary>
public sealed class LogSink(ILogger<LogSink> log) : INoticeSink
{
    public string Name => NoticeOptions.LogSink;

    public Task<string?> Deliver(Notice notice, int level, CancellationToken ct)
    {
        log.Told(notice.Audience, notice.Kind, notice.PlayerId, notice.Title);
        return Task.FromResult<string?>(null);
    }
}

/// <summary>Posts notices as JSON, signed as Stripe signs its own: <c>t=…,v1=HMAC-SHA256(secret, t.body)</c>.</summary>
public sealed class WebhookSink(NoticeWebhook settings, HttpClient http, TimeProvider clock) : INoticeSink
{
    public const string SignatureHeader = "ContestPipeline-Signature";

    public string Name => NoticeOptions.WebhookSink;

    public async Task<string?> Deliver(Notice notice, int level, CancellationToken ct)
    {
        var body = WireJson.Bytes(notice);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add(SignatureHeader, Signature(settings.Secret, clock.GetUtcNow().ToUnixTimeSeconds(), body));
        request.Headers.Add("Idempotency-Key", NoticeKey.Header(notice, level));
        using var response = await http.SendAsync(request, ct);
        return response.IsSuccessStatusCode ? null : $"http {(int)response.StatusCode}";
    }

    public static string Signature(string secret, long unixSeconds, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{unixSeconds}."), .. body];
        return $"t={unixSeconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}

/// <summary>Sends notices as mail.</summary>
public sealed class SmtpSink(NoticeSmtp settings) : INoticeSink
{
    public string Name => NoticeOptions.SmtpSink;

    public async Task<string?> Deliver(Notice notice, int level, CancellationToken ct)
    {
        using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.Tls };
        if (settings.User is { } user) client.Credentials = new System.Net.NetworkCredential(user, settings.Password);
        using var mail = new MailMessage(settings.From, settings.AddressOf(notice), Subject(notice, level), notice.Body)
        {
            SubjectEncoding = Encoding.UTF8, BodyEncoding = Encoding.UTF8,
        };
        mail.Headers.Add("X-Notice-Id", NoticeKey.Digest(notice, level));
        await client.SendMailAsync(mail, ct);
        return null;
    }

    private static string Subject(Notice notice, int level) =>
        (level == 0 ? notice.Title : $"(again, {level}) {notice.Title}").ReplaceLineEndings(" ");
}

/// <summary>What receivers recognise a repetition by.</summary>
internal static class NoticeKey
{
    /// <summary>An id may hold words from elsewhere, such as metadata at Stripe: what no header can carry goes as its digest.</summary>
    public static string Header(Notice notice, int level) =>
        Words(notice, level) is var words && words.All(c => c is >= ' ' and <= '~') ? words : $"sha256/{Digest(notice, level)}";

    /// <returns>In hexadecimal.</returns>
    public static string Digest(Notice notice, int level) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Words(notice, level))));

    private static string Words(Notice notice, int level) => $"{notice.NoticeId}/{level}";
}

/// <summary>Log lines of notices.</summary>
internal static partial class NoticeLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Told {Audience} ({Kind}, player {PlayerId}): {Title}")]
    public static partial void Told(this ILogger log, string audience, string kind, string? playerId, string title);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notice {NoticeId} did not reach {Sink}, attempt {Attempt}: {Why}")]
    public static partial void NotTold(this ILogger log, string noticeId, string sink, int attempt, string why);
}
