using System.Net.Sockets;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>Ids, trace contexts, waiting times, the one assertion, and what is worth another try.</summary>
public sealed class SmallPartsTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData("", "e3b0c442-98fc-8c14-9afb-f4c8996fb924")]
    [InlineData("abc", "ba7816bf-8f01-8fea-8141-40de5dae2223")]
    public void An_id_is_always_the_same_hash_of_its_words(string words, string id) =>
        Assert.Equal(Guid.Parse(id), DeterministicId.From(words));

    [Fact]
    public void Ten_thousand_ids_are_valid_version_8_and_all_different()
    {
        var seen = new HashSet<Guid>();
        for (var n = 0; n < 10_000; n++)
        {
            var id = DeterministicId.From($"words {n}");
            Assert.Equal(8, id.Version);
            Assert.InRange(id.Variant, 8, 11);
            Assert.True(seen.Add(id));
        }
    }

    [Fact]
    public void A_message_goes_on_with_its_cause_s_trace()
    {
        var next = TraceParents.Next(Parent, DeterministicId.From("m"));

        Assert.Equal(Parent, next);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0")]
    [InlineData("0000af7651916cd43dd8448eb211c80319c0b7ad6b7169203331001")]
    public void Without_a_usable_parent_a_trace_begins(string? parent)
    {
        var begun = TraceParents.Next(parent, DeterministicId.From("m"));

        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", begun);
        Assert.Equal(begun, TraceParents.Next(parent, DeterministicId.From("m")));
    }

    [Fact]
    public void A_root_is_derived_from_its_words()
    {
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", TraceParents.Root("x"));
        Assert.Equal(TraceParents.Root("x"), TraceParents.Root("x"));
        Assert.NotEqual(TraceParents.Root("x"), TraceParents.Root("y"));
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 100)]
    [InlineData(7, 3_200)]
    [InlineData(8, 5_000)]
    [InlineData(int.MaxValue, 5_000)]
    public void Waiting_doubles_up_to_a_cap(int failures, int ms) =>
        Assert.Equal(TimeSpan.FromMilliseconds(ms), Backoff.After(failures));

    [Fact]
    public async Task Waiting_ends_without_an_exception_when_the_process_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        var waiting = Backoff.Wait(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
        Assert.False(waiting.IsCompleted);

        await stop.CancelAsync();

        await waiting;
    }

    [Theory]
    [InlineData("57P01", true)]
    [InlineData("57P02", true)]
    [InlineData("57P03", true)]
    [InlineData("40001", true)]
    [InlineData("40P01", true)]
    [InlineData("53300", true)]
    [InlineData("08006", true)]
    [InlineData("25006", true)]
    [InlineData("23505", false)]
    [InlineData("23514", false)]
    [InlineData("22P02", false)]
    [InlineData("42501", false)]
    [InlineData("57014", false)]
    public void A_database_error_is_tried_again_only_if_it_may_work_the_next_time(string sqlState, bool again)
    {
        var error = new PostgresException("m", "ERROR", "ERROR", sqlState);

        Assert.Equal(again, Worker.IsTransient(error));
        Assert.Equal(again, Worker.IsTransient(new InvalidOperationException("around it", error)));
    }

    [Theory]
    [InlineData("57014", true)]
    [InlineData("25P03", true)]
    [InlineData("25P04", true)]
    [InlineData("25P02", false)]
    [InlineData("40001", false)]
    public void What_a_person_or_a_time_limit_ended_is_cut_short_and_not_sure_to_work_the_next_time(
        string sqlState, bool isCutShort)
    {
        var error = new PostgresException("m", "ERROR", "ERROR", sqlState);

        Assert.Equal(isCutShort, Worker.IsCutShort(error));
        Assert.Equal(isCutShort, Worker.IsCutShort(new InvalidOperationException("around it", error)));
        Assert.Equal(!isCutShort && sqlState == "40001", Worker.IsTransient(error));
    }

    [Fact]
    public void Lost_connections_are_tried_again_and_bugs_are_not()
    {
        Assert.All((Exception[])[new SocketException(), new TimeoutException(), new IOException(),
            new NpgsqlException("m", new IOException())], e => Assert.True(Worker.IsTransient(e)));
        Assert.All((Exception[])[new InvariantException("m"), new OverflowException(), new FormatException(),
            new NpgsqlException("m")], e => Assert.False(Worker.IsTransient(e)));
    }

    [Fact]
    public async Task An_attempt_says_what_became_of_it()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        Assert.IsType<Outcome.Done>(await Worker.Attempt(() => Task.CompletedTask, default));
        Assert.IsType<Outcome.Transient>(await Worker.Attempt(() => throw new TimeoutException(), default));
        Assert.IsType<Outcome.Poison>(await Worker.Attempt(() => throw new InvariantException("m"), default));
        Assert.IsType<Outcome.Fenced>(await Worker.Attempt(() => throw new FencedException("t", 0), default));
        Assert.IsType<Outcome.Stopped>(await Worker.Attempt(() => throw new InvariantException("m"), stopped.Token));
    }

    [Fact]
    public void An_invariant_s_words_are_built_only_when_it_fails()
    {
        var built = 0;

        Invariant.Holds(true, $"{++built}");
        Assert.Equal(0, built);
        var failed = Assert.Throws<InvariantException>(() => Invariant.Holds(false, $"{++built} of {1234.5:0.0}"));
        Assert.Equal("1 of 1234.5", failed.Message);
        Assert.Throws<InvariantException>(() => Invariant.Holds(false, "plain words"));
    }
}
