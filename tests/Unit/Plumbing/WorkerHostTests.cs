using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>How a process ends, whatever happens to it while it starts or runs.</summary>
public sealed class WorkerHostTests
{
    /// <summary>Found by chaos: the database died while a worker started, which ended in a stack trace and an abort.</summary>
    [Fact]
    public async Task A_database_that_is_lost_while_the_process_starts_is_a_sentence_and_exit_code_2() =>
        Assert.Equal(2, await Run(_ => throw new NpgsqlException("terminating connection due to unexpected postmaster exit")));

    [Fact]
    public async Task A_setting_that_shows_wrong_while_the_process_starts_is_a_sentence_and_exit_code_2() =>
        Assert.Equal(2, await Run(_ => throw new SettingException("HEALTH_URL", "names nothing")));

    /// <summary>Found by chaos: SIGTERM before the process had started ended in a stack trace and an abort.</summary>
    [Fact]
    public async Task A_process_that_is_told_to_stop_before_it_has_started_ends_well() =>
        Assert.Equal(0, await WorkerHost.Run([], builder => builder.Services.AddHostedService(services => new AtStart(ct =>
        {
            services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            throw new OperationCanceledException(ct);
        }))));

    /// <summary>Nobody told it to stop: that something did not answer in time is no clean end.</summary>
    [Fact]
    public async Task A_request_that_is_given_up_while_the_process_starts_is_a_sentence_and_exit_code_2() =>
        Assert.Equal(2, await Run(_ => throw new TaskCanceledException("the request was canceled after 30 s")));

    /// <summary>Found by chaos: a loop that was broken stopped the process with exit code 0 and without a word.</summary>
    [Fact]
    public async Task A_loop_that_breaks_stops_the_process_with_exit_code_1() =>
        Assert.Equal(1, await WorkerHost.Run([], builder => builder.Services.AddHostedService<BrokenLoop>()));

    [Fact]
    public async Task A_setting_that_a_loop_finds_wrong_later_stops_the_process_with_a_sentence_and_exit_code_2() =>
        Assert.Equal(2, await WorkerHost.Run([], builder => builder.Services.AddHostedService<LoopThatFindsOut>()));

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Who_asks_for_help_gets_a_line_and_starts_nothing(string asked) =>
        Assert.Equal(0, await WorkerHost.Run([asked], _ => throw new InvariantException("it was started")));

    private static Task<int> Run(Func<CancellationToken, Task> start) =>
        WorkerHost.Run([], builder => builder.Services.AddHostedService(_ => new AtStart(start)));

    /// <summary>Does something while the host starts.</summary>
    private sealed class AtStart(Func<CancellationToken, Task> start) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => start(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Runs, and then cannot go on.</summary>
    private sealed class BrokenLoop : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvariantException("this cannot be");
        }
    }

    /// <summary>Asks somebody, and learns that a setting is wrong.</summary>
    private sealed class LoopThatFindsOut : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new SettingException("STRIPE_API_KEY", "is a key of another account");
        }
    }
}
