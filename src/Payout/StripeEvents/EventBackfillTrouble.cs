using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>What the sweep says of events and lists that it could not work through.</summary>
internal static partial class EventBackfillTrouble
{
    private const int CauseCharsMax = 500;

    /// <summary>Once an event.</summary>
    public static Task AlertOf(this Tx tx, string eventId, string type, Exception broken)
    {
        tx.Alert(EventAlerts.EventBroken(eventId, type, Cause(broken)));
        return Task.CompletedTask;
    }

    /// <summary>Once a list and day.</summary>
    public static Task AlertOf(this Tx tx, EventBackfillScope scope, Exception broken)
    {
        tx.Alert(EventAlerts.SweepBroken(scope, Cause(broken), tx.Now));
        return Task.CompletedTask;
    }

    /// <summary>How long a list may stay unread before a person is told.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>A list could not be read to its end; when that lasts, a person is told.</summary>
    public static async Task Failed(this Tx tx, EventBackfillScope scope, string answer)
    {
        var since = await tx.SweepFailed(scope.Scope, answer);
        if (tx.Now < since + Patience) return;
        tx.Alert(EventAlerts.SweepFailing(scope, since, answer));
    }

    /// <summary>The alert's key.</summary>
    public static string AlertKey(string scope) => $"stripe-sweep-failing/{scope}";

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
