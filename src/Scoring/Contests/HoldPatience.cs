using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Scoring;

/// <summary>How long a contest may wait for each thing before a person is told. Nothing is waited for without an end.</summary>
/// <param name="Line">For a line, or the state, that the other of the two names: it comes before or just after it, and one that
/// is parked does not come.</param>
/// <param name="FirstGame">For the first game of a locked contest to be named or to begin. Some feeds name a game only when it
/// begins.</param>
/// <param name="LastGame">For any game to be named or to begin after lock or scheduled start. A slate may go from Thursday to
/// Monday.</param>
/// <param name="Running">For a game under way to be over.</param>
/// <param name="Stream">For the stream of an activity contest without an end of its scoring period to be over.</param>
/// <param name="Confirmation">For a game that is over to be confirmed, and for a stream to end after its scoring period.</param>
/// <param name="Result">For Settlement to settle what it was told to.</param>
/// <param name="Payouts">For every payout of a settled contest to be terminal; a winner may take a month to open an
/// account.</param>
public sealed record HoldPatience(
    TimeSpan Line, TimeSpan FirstGame, TimeSpan LastGame, TimeSpan Running, TimeSpan Stream, TimeSpan Confirmation,
    TimeSpan Result, TimeSpan Payouts)
{
    public static HoldPatience Default { get; } = new(
        TimeSpan.FromMinutes(10), TimeSpan.FromHours(6), TimeSpan.FromDays(5), TimeSpan.FromHours(24), TimeSpan.FromDays(30),
        TimeSpan.FromHours(24), TimeSpan.FromHours(1), TimeSpan.FromDays(45));

    /// <summary>From <c>SCORING_PATIENCE_…_MINUTES</c>, each of which has a default.</summary>
    /// <exception cref="SettingException">One is no whole number of minutes above 0.</exception>
    public static HoldPatience From(IConfiguration configuration)
    {
        TimeSpan Minutes(string name) => TimeSpan.FromMinutes(configuration.Whole($"SCORING_PATIENCE_{name}_MINUTES"));
        return new HoldPatience(
            Minutes("LINE"), Minutes("FIRST_GAME"), Minutes("LAST_GAME"), Minutes("RUNNING"), Minutes("STREAM"),
            Minutes("CONFIRMATION"), Minutes("RESULT"), Minutes("PAYOUTS"));
    }

    /// <summary>In words for people: <c>10 minutes</c>, <c>24 hours</c>, <c>5 days</c>.</summary>
    internal static string Words(TimeSpan time) =>
        time.TotalDays > 2 && time.Hours == 0
            ? $"{time.TotalDays} days" : time.TotalHours >= 2 ? $"{time.TotalHours} hours" : $"{time.TotalMinutes} minutes";
}
