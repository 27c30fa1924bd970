using ContestPipeline.Contestctl.Parking;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl.Operations;

/// <summary>
/// Under whose name an order is written down that no API takes: the token's, where there is one; else what was typed, and that
/// nothing proves it.
/// </summary>
internal static class OrderedBy
{
    public const string Unproven = " (not authenticated)";

    /// <param name="typed">Null: nothing was.</param>
    /// <param name="otherwise">Without a token and without a name.</param>
    /// <exception cref="RefusedException">The token is not believed, or is another person's than was typed.</exception>
    public static async Task<string> Name(Session session, string? typed, string otherwise, CancellationToken ct)
    {
        if (session.Settings.Optional("PAYOUT_API_TOKEN") is null) return (typed ?? otherwise) + Unproven;
        var bearer = await Bearer.Require(session, ct);
        return typed is null || PersonName.Same(typed, bearer.Subject) ? bearer.Subject
            : throw new RefusedException($"PAYOUT_API_TOKEN is of {bearer.Subject}, and not of {typed}");
    }
}
