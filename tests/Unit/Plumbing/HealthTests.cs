using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>A process is alive while each of its loops comes round in the time it may take.</summary>
public sealed class HealthTests
{
    [Fact]
    public void A_loop_that_stays_away_too_long_is_named_and_the_process_is_not_alive()
    {
        var clock = new SteppedClock();
        var (quick, slow) = (new Loop("quick", TimeSpan.FromMinutes(5), clock), new Loop("slow", TimeSpan.FromHours(2), clock));
        using var services = new ServiceCollection().AddSingleton<IHostedService>(quick).AddSingleton<IHostedService>(slow).BuildServiceProvider();
        var health = new ProcessHealth(services, clock);

        clock.Step(TimeSpan.FromMinutes(5));
        var alive = health.Alive();
        clock.Step(TimeSpan.FromSeconds(1));
        var stuck = health.Alive();
        quick.Pulse.Beat();
        var again = health.Alive();

        Assert.True(alive.Ok);
        Assert.False(stuck.Ok);
        Assert.Equal("quick", Assert.Single(stuck.Checks, c => !c.Ok).Check);
        Assert.True(again.Ok);
    }

    /// <summary>A hosted service that comes round when the test says so.</summary>
    private sealed class Loop(string name, TimeSpan silenceMax, TimeProvider clock) : IHostedService, IHasPulse
    {
        public Pulse Pulse { get; } = new("worker", name, silenceMax, clock);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
