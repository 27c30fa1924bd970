using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>A process is alive while each of its loops comes round in the time it may take.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_loop_that_stays_away_too_long_is_named_and_the_process_is_not_alive()
    {
        var clock = new SteppedClock();
        var (quick, slow) = (new Loop("quick", TimeSpan.FromMinutes(5), clock), new Loop("slow", TimeSpan.FromHours(2), clock));
        await using var process = new ServiceCollection().AddSingleton<IHostedService>(quick).AddSingleton<IHostedService>(slow)
            .BuildServiceProvider();
        await using var health = Checks(process, clock);

        clock.Step(TimeSpan.FromMinutes(5));
        var alive = await Look(health);
        clock.Step(TimeSpan.FromSeconds(1));
        var stuck = await Look(health);
        quick.Heartbeat.Beat();
        var again = await Look(health);

        Assert.Equal(HealthStatus.Healthy, alive.Status);
        Assert.Equal(HealthStatus.Unhealthy, stuck.Status);
        var (name, entry) = Assert.Single(stuck.Entries, e => e.Value.Status != HealthStatus.Healthy);
        Assert.Equal(("worker", "quick"), ProcessChecks.Parts(name));
        Assert.Equal("came round 301.0 s ago, may stay away 300 s", entry.Description);
        Assert.Equal(HealthStatus.Healthy, again.Status);
    }

    [Fact]
    public async Task Two_loops_of_one_name_are_both_looked_at()
    {
        var clock = new SteppedClock();
        var (one, other) = (new Loop("twice", TimeSpan.FromMinutes(5), clock), new Loop("twice", TimeSpan.FromHours(2), clock));
        await using var process = new ServiceCollection().AddSingleton<IHostedService>(one).AddSingleton<IHostedService>(other)
            .BuildServiceProvider();
        await using var health = Checks(process, clock);

        clock.Step(TimeSpan.FromHours(1));
        var looked = await Look(health);

        Assert.Equal([("worker", "twice"), ("worker", "twice")], looked.Entries.Select(e => ProcessChecks.Parts(e.Key)));
        Assert.Single(looked.Entries, e => e.Value.Status == HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task What_a_process_needs_is_looked_at_once_a_second_however_many_ask()
    {
        var (clock, looks) = (new SteppedClock(), 0);
        var check = new RecentCheck(_ => Task.FromResult(HealthCheckResult.Healthy($"{++looks}")), clock);

        var first = await check.Ask(default);
        clock.Step(TimeSpan.FromSeconds(1));
        var again = await check.Ask(default);
        clock.Step(TimeSpan.FromSeconds(0.1));
        var later = await check.Ask(default);

        Assert.Equal(["1", "1", "2"], new[] { first, again, later }.Select(result => result.Description));
    }

    private static ServiceProvider Checks(IServiceProvider process, TimeProvider clock)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks().AddProcess(process, clock);
        return services.BuildServiceProvider();
    }

    private static Task<HealthReport> Look(ServiceProvider health) =>
        health.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    /// <summary>A hosted service that comes round when the test says so.</summary>
    private sealed class Loop(string name, TimeSpan silenceMax, TimeProvider clock) : IHostedService, IHasHeartbeat
    {
        public Heartbeat Heartbeat { get; } = new("worker", name, silenceMax, clock);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
