using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Notifications;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Notices;

/// <summary>
/// From a notification or an alert to a person: log, signed web hook, mail; once each, again when it did not arrive.
/// </summary>
public sealed class NoticeDeliveryTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private PayoutWorld Payouts => world.Payouts;

    [Fact]
    public async Task A_notification_goes_to_every_sink_once_however_often_it_comes()
    {
        await using var mail = new MailServer();
        await using var hook = await NoticeHook.Start();
        var options = Options(mail, hook);
        var notification = new NotificationV1(
            "won/once", NotificationAudiences.Player, NotificationKinds.Won, "ann", "po-1", "c-1", 970, "usd",
            new Dictionary<string, string>(), Payouts.Clock.GetUtcNow());

        for (var i = 0; i < 3; i++) await Payouts.Handle(new NotificationHandler(options), notification);
        await DeliverAll(options);
        await Payouts.Handle(new NotificationHandler(options), notification);
        await DeliverAll(options);

        var sent = Assert.Single(mail.Mails, m => m.Data.Contains("9.70 USD", StringComparison.Ordinal));
        Assert.Contains("ann@players.example", sent.To, StringComparison.Ordinal);
        var (_, signature, body) = Assert.Single(hook.Got);
        Assert.Equal(signature, WebhookSink.Signature("secret", long.Parse(signature.Split(',')[0][2..]), body));
    }

    [Fact]
    public async Task What_a_sink_refuses_is_tried_again_and_the_others_do_not_wait()
    {
        await using var mail = new MailServer { Refuses = true };
        await using var hook = await NoticeHook.Start();
        var options = Options(mail, hook);
        await Payouts.Handle(new NotificationHandler(options), new NotificationV1(
            "paid/again", NotificationAudiences.Player, NotificationKinds.Paid, "ben", "tr-1", "c-1", 5, "usd",
            new Dictionary<string, string>(), Payouts.Clock.GetUtcNow()));

        await DeliverAll(options);
        Assert.Empty(mail.Mails);
        Assert.Single(hook.Got);

        mail.Refuses = false;
        Payouts.Clock.Forward(NoticeRunner.Pause(1));
        await DeliverAll(options);
        Assert.Single(mail.Mails);
        Assert.Single(hook.Got);
    }

    [Fact]
    public async Task A_notice_whose_id_no_header_can_carry_is_told_as_those_before_and_behind_it_are()
    {
        await using var mail = new MailServer();
        await using var hook = await NoticeHook.Start();
        var options = Options(mail, hook);
        string[] keys = ["odd/1", "odd/2/ann\r\nX-Forged: yes", "odd/3/Ünï", "odd/4/\u007f", "odd/5"];
        foreach (var key in keys)
        {
            await Payouts.Handle(new AlertHandler(options), new AlertRaisedV1(
                key, "warning", "account-owner", key, "Somebody edited it.", "Ask.", "payout", Payouts.Clock.GetUtcNow()));
        }

        await DeliverAll(options);

        Assert.Equal(keys.Select(k => $"alert/{k}"), hook.Got.Select(g => WireJson.Read<Notice>(g.Body).NoticeId));
        var sent = hook.Got.Select(g => g.Key).ToArray();
        Assert.Equal(("alert/odd/1/0", "alert/odd/5/0"), (sent[0], sent[^1]));
        Assert.All(sent[1..^1], key => Assert.Matches("^sha256/[0-9a-f]{64}$", key));
        Assert.Equal(keys.Length, sent.Distinct().Count());
        Assert.Equal(keys.Length, mail.Mails.Count(m => m.Data.Contains("Somebody edited it.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_critical_alert_is_told_again_until_somebody_takes_it_up()
    {
        await using var mail = new MailServer();
        var options = Options(mail, hook: null);
        var alert = new AlertRaisedV1("short/1", "critical", "balance-short", "platform", "The balance is low.", "Top up.",
            "payout", Payouts.Clock.GetUtcNow());
        await Payouts.Handle(new AlertHandler(options), alert);
        await Payouts.Handle(new AlertHandler(options), alert);
        async Task<int> Mailed()
        {
            await Payouts.Database.Run(new EscalateAlertsJob(options).Run, default);
            await DeliverAll(options);
            return mail.Mails.Count(m => m.Data.Contains("balance-short", StringComparison.Ordinal));
        }

        Assert.Equal(1, await Mailed());
        Payouts.Clock.Forward(options.EscalateAfter);
        Assert.Equal(2, await Mailed());

        var (status, body) = await world.Ask(HttpMethod.Post, "/v1/alerts/acknowledge", world.Token("alma", "operator"),
            new { dedupKey = "short/1", note = "on it" });
        Assert.Equal((200, "alma"), (status, body.GetProperty("acknowledgedBy").GetString()));
        Payouts.Clock.Forward(options.EscalateAfter * 10);
        Assert.Equal(2, await Mailed());

        var (_, open) = await world.Ask(HttpMethod.Get, "/v1/alerts?state=open", world.Token("vic", "viewer"));
        Assert.DoesNotContain(
            open.GetProperty("alerts").EnumerateArray(), a => a.GetProperty("dedupKey").GetString() == "short/1");
        Assert.Equal(403,
            (await world.Ask(
                HttpMethod.Post, "/v1/alerts/resolve", world.Token("vic", "viewer"), new { dedupKey = "short/1" })).Status);
        Assert.Equal(200,
            (await world.Ask(
                HttpMethod.Post, "/v1/alerts/resolve", world.Token("alma", "operator"), new { dedupKey = "short/1" })).Status);
        Assert.Equal(404,
            (await world.Ask(
                HttpMethod.Post, "/v1/alerts/resolve", world.Token("alma", "operator"), new { dedupKey = "no such" })).Status);

        var (_, audit) = await world.Ask(HttpMethod.Get, "/v1/audit?actor=alma", world.Token("vic", "viewer"));
        Assert.Equal(["alert-resolved", "alert-acknowledged"],
            audit.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("action").GetString()!));
    }

    [Fact]
    public async Task The_audit_log_refuses_change_and_shows_a_change_that_was_forced()
    {
        await Payouts.Database.Run(tx => tx.Audit(
            new AuditEntry("olga", "payout-approved", "po-7", "c-7", "ann", "po-7", "looked at it", "done"),
            new AuditEntry("olga", "payout-approved", "po-7", "c-7", "ann", "po-7", "and again", "done")), default);
        async Task<bool> Verified() =>
            (await world.Ask(HttpMethod.Get, "/v1/audit/verification", world.Token("vic", "viewer"))).Body.GetProperty("verified")
                .GetBoolean();

        Assert.True(await Verified());
        foreach (var sql in (string[])["update payout.audit_log set actor = 'nobody'", "delete from payout.audit_log",
            "truncate payout.audit_log"])
            Assert.Contains("append-only",
                (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Payouts.Scalar<int>(sql))).Message,
                StringComparison.Ordinal);

        await Payouts.Scalar<int>(
            "alter table payout.audit_log disable trigger all; update payout.audit_log set reason = 'looked at iT' where "
                + "reason = 'looked at it'; alter table payout.audit_log enable trigger all; select 1");
        Assert.False(await Verified());
        await Payouts.Scalar<int>(
            "alter table payout.audit_log disable trigger all; update payout.audit_log set reason = 'looked at it' where "
                + "reason = 'looked at iT'; alter table payout.audit_log enable trigger all; select 1");
        Assert.True(await Verified());
    }

    /// <summary>Whatever is due, to each sink.</summary>
    private async Task DeliverAll(NoticeOptions options)
    {
        List<INoticeSink> sinks = [new LogSink(NullLogger<LogSink>.Instance), new SmtpSink(options.Smtp!)];
        if (options.Webhook is { } webhook) sinks.Add(new WebhookSink(webhook, new HttpClient(), Payouts.Clock));
        foreach (var sink in sinks)
        {
            var runner = new NoticeRunner(Payouts.Database, sink, Payouts.Clock, NullLogger<NoticeRunner>.Instance);
            while (await runner.RunOnce(default) > 0) { }
        }
    }

    private static NoticeOptions Options(MailServer mail, NoticeHook? hook) => new(
        hook is null ? null : new NoticeWebhook(hook.Url, "secret"),
        new NoticeSmtp("127.0.0.1", mail.Port, MailTls.None, null, null, "from@contests.example", "ops@contests.example",
            "{player}@players.example"),
        TimeSpan.FromMinutes(30));
}
