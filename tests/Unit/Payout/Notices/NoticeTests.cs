using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Unit.Payout.Notices;

/// <summary>What people are told, where it goes, and how often.</summary>
public sealed class NoticeTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 6, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Kinds => [.. NotificationKinds.All];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_words_and_those_that_speak_of_money_name_the_amount(string kind)
    {
        var notice = NoticeText.Of(Notification(kind, 1_234_56));

        Assert.NotEmpty(notice.Title);
        Assert.DoesNotContain("{", notice.Body, StringComparison.Ordinal);
        if (kind is not (NotificationKinds.EntryRefused or NotificationKinds.AccountReady or NotificationKinds.AccountDisabled
            or NotificationKinds.AccountRestricted))
            Assert.Contains("1,234.56 USD", notice.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_is_told_where_there_is_one()
    {
        Assert.Contains("Reason: the contest is full.",
            NoticeText.Of(Notification(NotificationKinds.EntryRefused, null, "the contest is full")).Body,
            StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Reason", NoticeText.Of(Notification(NotificationKinds.EntryRefused, null)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alert_says_its_cause_and_what_to_do()
    {
        var notice = NoticeText.Of(
            new AlertRaisedV1("k", "critical", "balance-short", "platform", "The balance is $5.", "Top up.", "payout", s_now));

        Assert.Equal((NoticeText.Operator, "[CRITICAL] balance-short: platform"), (notice.Audience, notice.Title));
        Assert.Contains("The balance is $5.", notice.Body, StringComparison.Ordinal);
        Assert.Contains("What to do: Top up.", notice.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PayoutStates.Pending, 1, NotificationKinds.Won)]
    [InlineData(PayoutStates.Pending, 4, null)]
    [InlineData(PayoutStates.Submitting, 2, null)]
    [InlineData(PayoutStates.AwaitingFunds, 2, null)]
    [InlineData(PayoutStates.Held, 2, NotificationKinds.PayoutDelayed)]
    [InlineData(PayoutStates.Paid, 3, NotificationKinds.Paid)]
    [InlineData(PayoutStates.Failed, 5, NotificationKinds.PayoutFailed)]
    public void A_winner_hears_of_the_changes_that_matter(string state, int changeNo, string? kind)
    {
        var told = PayoutNotices.Of(new PayoutChangedV1("po", changeNo, "c", 1, "ann", 970, "usd", state, "why", null, s_now));

        Assert.Equal(kind, told?.Kind);
        if (told is not null) Assert.Equal(("ann", 970L), (told.PlayerId, told.AmountMinor));
    }

    [Fact]
    public void What_Stripe_said_to_us_is_not_told_to_the_player()
    {
        var told = PayoutNotices.Of(new PayoutChangedV1("po", 5, "c", 1, "ann", 970, "usd", PayoutStates.Failed,
            "resource_missing: No such destination: 'acct_1'", null, s_now));

        Assert.DoesNotContain("acct_1", NoticeText.Of(told!).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(told!.Facts, f => f.Value.Contains("acct_1", StringComparison.Ordinal));
    }

    [Fact]
    public void Players_get_mail_only_where_the_settings_say_how_a_player_becomes_an_address()
    {
        var smtp = new NoticeSmtp("h", 25, MailTls.None, null, null, "from@x", "ops@x", PlayerAddress: null);
        var options = new NoticeOptions(null, smtp, TimeSpan.FromMinutes(30));

        Assert.Equal(["log"], options.SinksFor("player"));
        Assert.Equal(["log", "smtp"], options.SinksFor("operator"));
        Assert.Equal(["log", "smtp"],
            (options with { Smtp = smtp with { PlayerAddress = "{player}@players.example" } }).SinksFor("player"));
        Assert.Equal("ann@players.example",
            (smtp with { PlayerAddress = "{player}@players.example" }).AddressOf(
                NoticeText.Of(Notification(NotificationKinds.Won, 1))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a@evil.example,b")]
    [InlineData("a@evil.example, b")]
    [InlineData("a@evil.example")]
    [InlineData("a@evil.example>,<b")]
    [InlineData("\"Ann\" <a@evil.example>,b")]
    [InlineData("a\r\nBcc: a@evil.example\r\nX: b")]
    [InlineData("\"a\r\n b\"")]
    [InlineData("a b")]
    public void A_player_whose_id_makes_no_address_of_its_own_gets_no_mail_and_nor_does_anybody_else(string playerId)
    {
        foreach (var pattern in (string[])["{player}@players.example", "Players <{player}@players.example>"])
            Assert.Throws<FormatException>(() => AddressOf(playerId, pattern));
    }

    [Fact]
    public void Ids_that_are_mail_addresses_are_those_of_their_players()
    {
        Assert.Equal("ann@mail.example", AddressOf("ann@mail.example", "{player}"));
        Assert.Equal("Players <ann+1@players.example>", AddressOf("ann+1", "Players <{player}@players.example>"));
        Assert.Throws<FormatException>(() => AddressOf("ann@mail.example,ben@mail.example", "{player}"));
    }

    [Fact]
    public void Each_way_to_people_has_a_loop_of_its_own()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [Settings.DatabaseSetting(PayoutWorker.Name)] = "Host=none", ["PIPELINE_ENVIRONMENT"] = "test",
            ["KAFKA_BOOTSTRAP_SERVERS"] = "none:1",
            ["STRIPE_API_KEY"] = "sk_test_none", ["NOTICE_WEBHOOK_URL"] = "http://none", ["NOTICE_WEBHOOK_SECRET"] = "secret",
            ["NOTICE_SMTP_HOST"] = "none",
            ["NOTICE_SMTP_FROM"] = "from@x", ["NOTICE_SMTP_TO"] = "ops@x",
        });
        builder.AddPayout();
        using var host = builder.Build();

        var loops = host.Services.GetServices<IHostedService>().OfType<NoticeRunner>().Select(loop => loop.Heartbeat.Loop);

        Assert.Equal(["notices log", "notices webhook", "notices smtp"], loops);
    }

    [Fact]
    public void A_delivery_is_tried_for_about_a_day_and_an_alert_is_told_four_times_at_most()
    {
        var total = Enumerable.Range(1, NoticeRunner.AttemptsMax - 1).Sum(n => NoticeRunner.Pause(n).TotalHours);
        Assert.InRange(total, 8, 30);

        var after = TimeSpan.FromMinutes(30);
        Assert.Equal(s_now + after * 2, EscalateAlertsJob.NextAt(1, s_now, after));
        Assert.Equal(s_now + after * 4, EscalateAlertsJob.NextAt(2, s_now, after));
        Assert.Null(EscalateAlertsJob.NextAt(EscalateAlertsJob.LevelMax, s_now, after));
    }

    [Fact]
    public void The_webhook_signature_covers_time_and_body()
    {
        var expected = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes("12.{}")));

        Assert.Equal($"t=12,v1={expected}", WebhookSink.Signature("key", 12, "{}"u8));
        Assert.NotEqual(WebhookSink.Signature("key", 12, "{}"u8)[5..], WebhookSink.Signature("key", 13, "{}"u8)[5..]);
    }

    private static string AddressOf(string playerId, string pattern) =>
        new NoticeSmtp("h", 25, MailTls.None, null, null, "from@x", "ops@x", pattern)
            .AddressOf(new Notice("n", NotificationAudiences.Player, "kind", playerId, null, "t", "b", s_now));

    private static NotificationV1 Notification(string kind, long? amountMinor, string? reason = null) => new(
        $"{kind}/1", NotificationAudiences.Player, kind, "ann", "subject-1", "contest-1", amountMinor,
        amountMinor is null ? null : "usd", reason is null ? [] : new Dictionary<string, string> { ["reason"] = reason }, s_now);
}
