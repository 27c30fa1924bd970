using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Alerts are told when their trouble begins, when it comes again after it was over, and when it is over.</summary>
public sealed class AlertEpisodeTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private readonly HandClock clock = new(new DateTimeOffset(2026, 9, 13, 17, 0, 0, TimeSpan.Zero));

    private AlertTeller alerts = null!;

    public async ValueTask InitializeAsync()
    {
        await Probe.Install(scope);
        alerts = new AlertTeller(scope, clock);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Trouble_that_comes_again_after_it_was_over_is_told_again()
    {
        await alerts.Say(tx => AlertTeller.Raise(tx, "again/1"));
        await alerts.Say(tx => AlertTeller.Raise(tx, "again/1"));
        await alerts.Say(tx => tx.ResolveAlert("again/1", "it works"));
        await alerts.Say(tx => tx.ResolveAlert("again/1", "it works"));
        await alerts.Say(tx => AlertTeller.Raise(tx, "again/1"));

        Assert.Equal(["raised 1", "resolved 1: it works", "raised 2"], await alerts.Told("again/1"));
    }

    [Fact]
    public async Task An_open_alert_is_told_again_in_other_words_but_not_within_minutes()
    {
        await alerts.Say(tx => AlertTeller.Raise(tx, "words/1", "5 are missing"));
        await alerts.Say(tx => AlertTeller.Raise(tx, "words/1", "6 are missing"));
        clock.Now += TimeSpan.FromMinutes(10);
        await alerts.Say(tx => AlertTeller.Raise(tx, "words/1", "5 are missing"));
        await alerts.Say(tx => AlertTeller.Raise(tx, "words/1", "7 are missing"));

        Assert.Equal(["raised 1", "raised 2"], await alerts.Told("words/1"));
    }

    [Fact]
    public async Task The_last_word_of_a_transaction_about_an_alert_counts()
    {
        await alerts.Say(tx =>
        {
            AlertTeller.Raise(tx, "last/1");
            tx.ResolveAlert("last/1", "it works");
            AlertTeller.Raise(tx, "last/2");
            tx.ResolveAlertsUnder("last/", "all of it works");
            AlertTeller.Raise(tx, "last/3");
        });
        await alerts.Say(tx =>
        {
            tx.ResolveAlert("last/3", "it works");
            AlertTeller.Raise(tx, "last/3");
        });

        Assert.Empty(await alerts.Told("last/1"));
        Assert.Empty(await alerts.Told("last/2"));
        Assert.Equal(["raised 1"], await alerts.Told("last/3"));
    }

    [Fact]
    public async Task Everything_under_a_prefix_ends_and_nothing_beside_it()
    {
        await alerts.Say(tx =>
        {
            foreach (var key in new[] { "under/g1/a", "under/g1/b", "under/g10/a", "under/g1" }) AlertTeller.Raise(tx, key);
        });
        await alerts.Say(tx => tx.ResolveAlertsUnder("under/g1/", "the feed is whole"));

        Assert.Equal(["raised 1", "resolved 1: the feed is whole"], await alerts.Told("under/g1/a"));
        Assert.Equal(["raised 1", "resolved 1: the feed is whole"], await alerts.Told("under/g1/b"));
        Assert.Equal(["raised 1"], await alerts.Told("under/g10/a"));
        Assert.Equal(["raised 1"], await alerts.Told("under/g1"));
    }

    [Fact]
    public async Task What_a_person_ended_is_told_when_it_comes_again()
    {
        await alerts.Say(tx => AlertTeller.Raise(tx, "hand/1"));
        var ended = new Envelope("alerts.v1", 0, 0, "hand/1", DeterministicId.From("x"), "alert.resolved.v1", "", clock.Now, null,
            new Dictionary<string, string>(), default);
        await alerts.Database().Run(
            async tx =>
            {
                await new AlertEndings()
                    .Handle(new Received<AlertResolvedV1>(
                        new AlertResolvedV1("hand/1", 1, "ann", ByPerson: true, "", clock.Now), ended), tx);
                return 0;
            }, TestContext.Current.CancellationToken);
        await alerts.Say(tx => AlertTeller.Raise(tx, "hand/1"));

        Assert.Equal(["raised 1", "raised 2"], await alerts.Told("hand/1"));
    }
}
