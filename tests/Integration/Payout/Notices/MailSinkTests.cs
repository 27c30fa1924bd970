using System.Security.Cryptography.X509Certificates;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Notifications;
using MailKit.Security;

namespace ContestPipeline.Integration.Payout.Notices;

/// <summary>
/// How mail leaves: encrypted where it is to be, to a server that shows a certificate for its name, and as the account that is
/// set.
/// </summary>
public sealed class MailSinkTests : IDisposable
{
    private static readonly (string, string) s_account = ("contests", "Qx7secret");
    private readonly TlsAuthority authority = new("the mail server's authority");
    private readonly List<X509Certificate2> certificates = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var certificate in certificates) certificate.Dispose();
        authority.Dispose();
    }

    [Theory]
    [InlineData(MailTls.StartTls)]
    [InlineData(MailTls.Implicit)]
    public async Task A_notice_goes_encrypted_as_the_account_that_is_set_and_is_known_again_when_it_comes_twice(MailTls tls)
    {
        await using var server = new MailServer { Certificate = Certificate("localhost"), IsImplicit = tls == MailTls.Implicit,
            Account = s_account };
        var sink = new SmtpSink(Settings(server, tls));

        for (var i = 0; i < 2; i++) Assert.Null(await sink.Deliver(Notice("Ünpaid: 9.70 USD"), level: 1, Ct));

        Assert.Equal(2, server.Mails.Count);
        Assert.All(server.Mails, mail =>
        {
            Assert.True(mail.IsEncrypted);
            Assert.Contains("ops@contests.example", mail.To, StringComparison.Ordinal);
            Assert.Equal(("Contests", "from@contests.example"),
                (Assert.Single(mail.Message.From.Mailboxes).Name, Assert.Single(mail.Message.From.Mailboxes).Address));
            Assert.Equal(("(again, 1) Ünpaid: 9.70 USD", "Look."), (mail.Message.Subject, mail.Message.TextBody!.TrimEnd()));
            Assert.Matches("^[0-9a-f]{64}$", mail.Message.Headers["X-Notice-Id"]);
        });
        Assert.Single(server.Mails.Select(mail => mail.Message.MessageId).Distinct());
        Assert.DoesNotContain(server.Heard,
            heard => !heard.IsEncrypted && !heard.Line.StartsWith("EHLO", StringComparison.Ordinal) && heard.Line != "STARTTLS");
    }

    [Theory]
    [InlineData(MailTls.StartTls)]
    [InlineData(MailTls.Implicit)]
    public async Task A_server_whose_certificate_is_of_nobody_known_or_for_another_name_gets_neither_mail_nor_password(
        MailTls tls)
    {
        await using var unknown = new MailServer { Certificate = Certificate("localhost"), IsImplicit = tls == MailTls.Implicit,
            Account = s_account };
        await using var other = new MailServer { Certificate = Certificate("mail.elsewhere.example"),
            IsImplicit = tls == MailTls.Implicit, Account = s_account };

        await Assert.ThrowsAsync<SslHandshakeException>(() =>
            new SmtpSink(Settings(unknown, tls) with { Authorities = null }).Deliver(Notice("one"), 0, Ct));
        await Assert.ThrowsAsync<SslHandshakeException>(() => new SmtpSink(Settings(other, tls)).Deliver(Notice("two"), 0, Ct));

        foreach (var server in (MailServer[])[unknown, other])
        {
            Assert.Empty(server.Mails);
            Assert.DoesNotContain(server.Heard,
                heard => heard.Line.StartsWith("AUTH", StringComparison.Ordinal)
                    || heard.Line.StartsWith("MAIL", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_server_that_offers_no_encryption_gets_nothing_where_it_is_asked_for()
    {
        await using var server = new MailServer();

        await Assert.ThrowsAsync<NotSupportedException>(() =>
            new SmtpSink(Settings(server, MailTls.StartTls)).Deliver(Notice("one"), 0, Ct));

        Assert.Empty(server.Mails);
        Assert.DoesNotContain(server.Heard, heard => heard.Line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_sends_no_mail()
    {
        await using var server = new MailServer { Certificate = Certificate("localhost"), Account = s_account };

        await Assert.ThrowsAsync<AuthenticationException>(() =>
            new SmtpSink(Settings(server, MailTls.StartTls) with { Password = "guessed" }).Deliver(Notice("one"), 0, Ct));

        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_player_is_one_address_and_a_title_of_many_lines_one_header()
    {
        await using var server = new MailServer();
        var notice = Notice("one\r\nBcc: eve@evil.example") with { Audience = NotificationAudiences.Player, PlayerId = "ann" };

        Assert.Null(await new SmtpSink(Settings(server, MailTls.None) with { User = null }).Deliver(notice, 0, Ct));

        var mail = Assert.Single(server.Mails);
        Assert.Contains("<ann@players.example>", mail.To, StringComparison.Ordinal);
        Assert.Equal(["ann@players.example"], mail.Message.GetRecipients().Select(to => to.Address));
        Assert.Equal("one Bcc: eve@evil.example", mail.Message.Subject);
    }

    private NoticeSmtp Settings(MailServer server, MailTls tls) => new(
        "localhost", server.Port, tls, s_account.Item1, s_account.Item2, "Contests <from@contests.example>",
        "ops@contests.example", "{player}@players.example")
        { Authorities = authority.Pem };

    private X509Certificate2 Certificate(string name)
    {
        var (certificate, key) = authority.Issue(name);
        using var pem = X509Certificate2.CreateFromPem(certificate, key);
        certificates.Add(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null));
        return certificates[^1];
    }

    private static Notice Notice(string title) =>
        new("alert/1", NoticeText.Operator, "kind", null, null, title, "Look.",
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
}
