using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>
/// Alerts of a database that went back in time; in a database of its own, since the floor is for all alerts in it.
/// </summary>
public sealed class AlertFloorTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
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
    public async Task What_a_database_that_went_back_tells_is_not_taken_for_what_it_told_and_lost()
    {
        await alerts.Say(tx => AlertTeller.Raise(tx, "lost/open"));
        await alerts.Say(tx => AlertTeller.Raise(tx, "lost/over"));
        await alerts.Say(tx => tx.ResolveAlert("lost/over", "it works"));
        await alerts.Database().Run(AlertEpisodes.GoOnAbove, TestContext.Current.CancellationToken);
        var floor = clock.Now.ToUnixTimeSeconds() / 60;

        await alerts.Say(tx => AlertTeller.Raise(tx, "lost/open"));
        await alerts.Say(tx => AlertTeller.Raise(tx, "lost/open"));
        await alerts.Say(tx => AlertTeller.Raise(tx, "lost/over"));
        await alerts.Say(tx => AlertTeller.Raise(tx, "lost/unknown"));
        await alerts.Say(tx => tx.ResolveAlert("lost/unknown", "it works"));
        await alerts.Database().Run(AlertEpisodes.GoOnAbove, TestContext.Current.CancellationToken);
        await alerts.Say(tx => AlertTeller.Raise(tx, "lost/unknown"));

        Assert.Equal(["raised 1", $"raised {floor + 1}"], await alerts.Told("lost/open"));
        Assert.Equal(["raised 1", "resolved 1: it works", $"raised {floor + 1}"], await alerts.Told("lost/over"));
        Assert.Equal(
            [$"raised {floor + 1}", $"resolved {floor + 1}: it works", $"raised {floor + 2}"], await alerts.Told("lost/unknown"));
    }
}
