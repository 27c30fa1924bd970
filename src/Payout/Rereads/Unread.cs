using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Rereads;

/// <summary>
/// What Stripe does not show is asked for again by itself, with growing pauses, so that nothing behind it waits. No answer but
/// the object itself ends that: a refusal does not say that there is nothing. A person is told when it lasts.
/// </summary>
public static class Unread
{
    /// <summary>How long something may stay unread before a person is told.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>The longest pause between two tries.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(10);

    private const int DoublingsMax = 20;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(2);

    /// <param name="tries">How often it was tried, from 1.</param>
    /// <param name="answer">Stripe's last one.</param>
    /// <returns>Until the next try.</returns>
    public static TimeSpan Pause(int tries, StripeAnswer answer)
    {
        if (answer is StripeAnswer.RetryLater { Key: KeyFault.NotAllowed }) return RereadEach.NotAllowedFor;
        var pause = s_firstPause * (1L << Math.Clamp(tries - 1, 0, DoublingsMax));
        return pause < PauseMax ? pause : PauseMax;
    }

    /// <summary>It could not be read now.</summary>
    /// <param name="what">What it is, in one stable word with dashes: the alert is called by it.</param>
    /// <param name="id">Stripe's id, or ours.</param>
    /// <param name="putOff">Lets it be due again at that moment.</param>
    public static async Task NotRead(this Tx tx, string what, string id, StripeAnswer answer, Func<DateTimeOffset, Task> putOff)
    {
        var trouble = await tx.NoteUnread(what, id, answer.Words);
        await putOff(tx.Now + Pause(trouble.Tries, answer));
        if (tx.Now >= trouble.Since + Patience)
            tx.Alert(RereadAlerts.Unreadable(what, id, trouble.Since, answer));
    }

    /// <summary>It was read; whoever was told that it could not be is told so.</summary>
    public static async Task WasRead(this Tx tx, string what, string id)
    {
        if (await tx.ForgetUnread(what, id)) tx.ResolveAlert(RereadAlerts.UnreadableKey(what, id), "Stripe shows it.");
    }
}
