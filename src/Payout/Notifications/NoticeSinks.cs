using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ContestPipeline.Contracts;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using MimeKit;

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
    /// <summary>What a certificate has to be good for where it says anything of that (RFC 5280, 4.2.1.12).</summary>
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly ParserOptions s_strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict, AllowUnquotedCommasInAddresses = false,
        AllowAddressesWithoutDomain = false,
    };

    public string Name => NoticeOptions.SmtpSink;

    public async Task<string?> Deliver(Notice notice, int level, CancellationToken ct)
    {
        using var mail = Mail(notice, level);
        // Revocation is not asked for: a list that cannot be fetched would keep every alert back.
        using var client = new SmtpClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = IsTrusted };
        await client.ConnectAsync(settings.Host, settings.Port, settings.Tls switch
        {
            MailTls.None => SecureSocketOptions.None,
            MailTls.StartTls => SecureSocketOptions.StartTls,
            MailTls.Implicit => SecureSocketOptions.SslOnConnect,
            _ => throw new System.Diagnostics.UnreachableException(),
        }, ct);
        if (settings.User is { } user) await client.AuthenticateAsync(user, settings.Password ?? "", ct);
        await client.SendAsync(mail, ct);
        await client.DisconnectAsync(quit: true, ct);
        return null;
    }

    private MimeMessage Mail(Notice notice, int level)
    {
        var (from, digest) = (MailboxAddress.Parse(s_strict, settings.From), NoticeKey.Digest(notice, level));
        var mail = new MimeMessage { Subject = Subject(notice, level), Body = new TextPart("plain") { Text = notice.Body },
            MessageId = $"{digest}@{from.Domain}" };
        mail.From.Add(from);
        mail.To.AddRange(InternetAddressList.Parse(s_strict, settings.AddressOf(notice)));
        mail.Headers.Add("X-Notice-Id", digest);
        return mail;
    }

    /// <summary>
    /// A certificate for the name that was asked for, of an authority that the machine or the settings believe; nothing less.
    /// </summary>
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (settings.Authorities is null || errors != SslPolicyErrors.RemoteCertificateChainErrors
            || certificate is not X509Certificate2 shown) return false;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.ImportFromPem(settings.Authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (chain is not null) own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return own.Build(shown);
    }

    private static string Subject(Notice notice, int level) =>
        (level == 0 ? notice.Title : $"(again, {level}) {notice.Title}").ReplaceLineEndings(" ");
}

/// <summary>What receivers recognise a repetition by.</summary>
internal static class NoticeKey
{
    /// <summary>
    /// An id may hold words from elsewhere, such as metadata at Stripe: what no header can carry goes as its digest.
    /// </summary>
    public static string Header(Notice notice, int level) =>
        Words(notice, level) is var words && words.All(c => c is >= ' ' and <= '~') ? words : $"sha256/{Digest(notice, level)}";

    /// <returns>In hexadecimal.</returns>
    public static string Digest(Notice notice, int level) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Words(notice, level))));

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
