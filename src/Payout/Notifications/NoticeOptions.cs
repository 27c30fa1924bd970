using System.Net.Mail;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Notifications;

/// <summary>Where notices go besides the log.</summary>
/// <param name="Webhook">A web hook of ours, signed; null: none.</param>
/// <param name="Smtp">A mail server; null: none.</param>
/// <param name="EscalateAfter">A critical alert nobody acknowledged is told again after this long.</param>
public sealed record NoticeOptions(NoticeWebhook? Webhook, NoticeSmtp? Smtp, TimeSpan EscalateAfter)
{
    public const string LogSink = "log";
    public const string WebhookSink = "webhook";
    public const string SmtpSink = "smtp";

    /// <summary>Players get mail only where the settings say how a player becomes an address.</summary>
    public IReadOnlyList<string> SinksFor(string audience)
    {
        var sinks = new List<string> { LogSink };
        if (Webhook is not null) sinks.Add(WebhookSink);
        if (Smtp is { } smtp && (audience != NotificationAudiences.Player || smtp.PlayerAddress is not null)) sinks.Add(SmtpSink);
        return sinks;
    }

    public static NoticeOptions From(IConfiguration settings) =>
        new(ReadWebhook(settings), ReadSmtp(settings), TimeSpan.FromMinutes(settings.Whole("NOTICE_ESCALATE_MINUTES")));

    private static NoticeWebhook? ReadWebhook(IConfiguration settings)
    {
        if (settings.Declared("NOTICE_WEBHOOK_URL") is not { } url) return null;
        return new NoticeWebhook(
            new Uri(url), settings.Require("NOTICE_WEBHOOK_SECRET", "the key that signs what goes to NOTICE_WEBHOOK_URL"));
    }

    private static NoticeSmtp? ReadSmtp(IConfiguration settings)
    {
        if (settings.Optional("NOTICE_SMTP_HOST") is not { } host) return null;
        var player = settings.Optional("NOTICE_SMTP_PLAYER_ADDRESS");
        if (player is not null && !player.Contains(NoticeSmtp.PlayerMark, StringComparison.Ordinal))
            throw new SettingException(
                "NOTICE_SMTP_PLAYER_ADDRESS", $"must contain {NoticeSmtp.PlayerMark}, which the player id replaces");
        var port = settings.Whole("NOTICE_SMTP_PORT");
        return new NoticeSmtp(
            host, port, ReadTls(settings, port), settings.Optional("NOTICE_SMTP_USER"),
            settings.Optional("NOTICE_SMTP_PASSWORD"), settings.Require("NOTICE_SMTP_FROM", "the sender's address of mails"),
            settings.Require("NOTICE_SMTP_TO", "the operators' address"), player)
        {
            Authorities = ReadAuthorities(settings.Optional("NOTICE_SMTP_CA")),
        };
    }

    private static MailTls ReadTls(
        IConfiguration settings, int port) => settings.Declared("NOTICE_SMTP_TLS")?.ToLowerInvariant() switch
    {
        "implicit" => MailTls.Implicit,
        "false" => MailTls.None,
        _ => port == NoticeSmtp.ImplicitTlsPort ? MailTls.Implicit : MailTls.StartTls,
    };

    private static string? ReadAuthorities(string? pem)
    {
        if (pem is null) return null;
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            return authorities.Count > 0
                ? pem : throw new SettingException("NOTICE_SMTP_CA", "must be certificates in PEM, and holds none");
        }
        catch (CryptographicException wrong)
        {
            throw new SettingException("NOTICE_SMTP_CA", $"must be certificates in PEM: {wrong.Message}");
        }
    }
}

/// <summary>Where signed notices are posted.</summary>
public sealed record NoticeWebhook(Uri Url, string Secret)
{
    /// <summary>Without the secret, and without the address's path, where services keep theirs.</summary>
    public override string ToString() => $"{nameof(NoticeWebhook)} {{ Url = {Url.GetLeftPart(UriPartial.Authority)} }}";
}

/// <summary>How the way to a mail server is encrypted.</summary>
public enum MailTls
{
    /// <summary>Not at all; not in live.</summary>
    None,

    /// <summary>After STARTTLS, which the server has to offer.</summary>
    StartTls,

    /// <summary>From the first byte.</summary>
    Implicit,
}

/// <summary>How mail is sent.</summary>
/// <param name="PlayerAddress">A player's address, with <see cref="PlayerMark"/> for the player id; null: players get no mail
/// from here.</param>
public sealed record NoticeSmtp(
    string Host, int Port, MailTls Tls, string? User, string? Password, string From, string OperatorsAddress,
    string? PlayerAddress)
{
    public const string PlayerMark = "{player}";

    /// <summary>Of mail submission over TLS (RFC 8314, 7.3): there is no STARTTLS.</summary>
    public const int ImplicitTlsPort = 465;

    /// <summary>Authorities, in PEM, that are believed besides the machine's; null: no others.</summary>
    public string? Authorities { get; init; }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{nameof(NoticeSmtp)} {{ Host = {Host}, Port = {Port}, User = {User} }}";

    /// <exception cref="FormatException">The player's id makes no address.</exception>
    public string AddressOf(Notice notice) =>
        notice.Audience == NotificationAudiences.Player ? AddressOf(notice.PlayerId ?? "") : OperatorsAddress;

    /// <summary>
    /// Players' ids come from outside: one that would be read as a list, a name or a line of its own sends no mail to whomever it
    /// likes.
    /// </summary>
    private string AddressOf(string playerId)
    {
        var written = PlayerAddress!.Replace(PlayerMark, playerId, StringComparison.Ordinal);
        return playerId.Length > 0 && MailAddress.TryCreate(written, out var read)
            && read.Address.Contains(playerId, StringComparison.Ordinal)
            ? written
            : throw new FormatException($"player id '{playerId}' makes no mail address");
    }
}
