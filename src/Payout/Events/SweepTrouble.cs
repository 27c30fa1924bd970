using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout;

/// <summary>What the sweep says of events and lists that it could not work through.</summary>
internal static partial class SweepTrouble
{
    private const int CauseCharsMax = 500;

    /// <summary>Once an event.</summary>
    public static Task AlertOf(this Tx tx, string eventId, string type, Exception broken)
    {
        tx.Alert($"stripe-event-broken/{eventId}", "critical", "stripe-event-broken", eventId, $"The sweep could not apply {type}: {Cause(broken)}",
            "Mend the cause it names; every sweep tries the event again as long as Stripe lists it, which is 30 days.");
        return Task.CompletedTask;
    }

    /// <summary>Once a list and day.</summary>
    public static Task AlertOf(this Tx tx, SweepScope scope, Exception broken)
    {
        tx.Alert($"stripe-sweep-broken/{scope.Scope}/{tx.Now:yyyyMMdd}", "critical", "stripe-sweep-broken", scope.Scope,
            $"Stripe's list of events could not be worked through: {Cause(broken)}", "Mend the cause it names; the list is tried again by every sweep.");
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Error, "Event {EventId} of type {Type} could not be applied")]
    public static partial void EventBroken(this ILogger log, Exception broken, string eventId, string type);

    [LoggerMessage(2, LogLevel.Error, "The events of {Scope} could not be worked through")]
    public static partial void ScopeBroken(this ILogger log, Exception broken, string scope);

    private static string Cause(Exception broken)
    {
        var words = $"{broken.GetType().Name}: {broken.Message}".Replace('\0', ' ');
        return words.Length <= CauseCharsMax ? words : words[..CauseCharsMax];
    }
}
