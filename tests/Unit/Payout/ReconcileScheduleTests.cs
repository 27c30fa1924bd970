using ContestPipeline.Payout.Reconciliation;

namespace ContestPipeline.Unit.Payout;

/// <summary>When the scheduled comparison is made, over which time, and of which of its differences somebody is told.</summary>
public sealed class ReconcileScheduleTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 6, 18, 0, 0, TimeSpan.Zero);
    private static readonly ReconcileOptions s_options = new(
        TimeSpan.FromHours(6), TimeSpan.FromHours(36), TimeSpan.FromMinutes(15));

    [Fact]
    public void A_run_in_time_looks_back_over_its_window_and_none_is_made_before_it_is_due()
    {
        var process = s_start.AddDays(-9);

        Assert.Null(NextReconcile.Of(s_start, process, s_start.AddHours(6).AddSeconds(-1), s_options));
        Assert.Equal(new ReconcileTurn(s_start.AddHours(-30), s_start.AddHours(6), s_start.AddHours(6)),
            NextReconcile.Of(s_start, process, s_start.AddHours(6), s_options));
    }

    [Fact]
    public void A_run_that_is_days_late_looks_back_over_all_that_no_run_has_compared()
    {
        var turn = NextReconcile.Of(s_start, s_start.AddDays(-9), s_start.AddDays(4), s_options);

        Assert.Equal(new ReconcileTurn(s_start.AddHours(-30), s_start.AddDays(4), s_start.AddHours(6)), turn);
    }

    [Fact]
    public void After_a_start_what_arrived_meanwhile_has_its_time_to_be_handled_first_however_late_the_run_is()
    {
        var process = s_start.AddDays(3);

        Assert.Null(NextReconcile.Of(s_start, process, process.AddMinutes(14), s_options));
        Assert.Equal(s_start.AddHours(-30), NextReconcile.Of(s_start, process, process.AddMinutes(15), s_options)?.From);
        Assert.Null(NextReconcile.Of(null, process, process.AddMinutes(14), s_options));
        Assert.Equal(
            new ReconcileTurn(process.AddMinutes(15).AddHours(-36), process.AddMinutes(15), process.AddMinutes(15)),
            NextReconcile.Of(null, process, process.AddMinutes(15), s_options));
    }

    [Fact]
    public void Critical_differences_are_told_before_the_others_the_older_first_and_none_twice()
    {
        Difference[] found = [.. Enumerable.Range(0, 25).Select(n => Found(DifferenceKinds.Missing, n)),
            Found(DifferenceKinds.Duplicate, 30), Found(DifferenceKinds.Amount, 29)];

        var (each, rest) = TellDifferences.Of([.. found, .. found], []);
        var (next, left) = TellDifferences.Of(found, [.. each.Select(TellDifferences.Key)]);

        Assert.Equal(["29", "30", "0", "1"], each.Take(4).Select(d => d.Subject));
        Assert.Equal((TellDifferences.AlertsMax, 7), (each.Count, rest.Count));
        Assert.Equal(rest, next);
        Assert.Empty(left);

        static Difference Found(string kind, int minute) =>
            new("objects", kind, $"{minute}", "", 1, 1, "usd", s_start.AddMinutes(minute));
    }
}
