using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>The ledger lines of what moves Stripe's balance and is brought about by nothing here.</summary>
public static class OutsideBooking
{
    public const string MovementCode = "stripe-movement";
    public const string OpeningCode = "stripe-opening";

    /// <returns>The id of the movement's line: it is booked once.</returns>
    public static Guid LineId(OutsideMovement movement) => DeterministicId.From(Words(movement));

    /// <summary>Books what a comparison found, and with the first one what was there before.</summary>
    public static async Task BookOutside(this Tx tx, ReconcileOutcome outcome)
    {
        List<LedgerLine> lines =
            [.. outcome.ToBook.Select(m => Line(Words(m), m.Rule.Account, m.Currency, m.NetMinor, MovementCode, m.Id))];
        foreach (var opening in outcome.ToOpen ?? [])
        {
            await tx.Open(opening);
            if (opening.AmountMinor == 0) continue;
            var words = $"stripe-opening/{opening.Currency}";
            lines.Add(Line(words, LedgerAccounts.StripeOpening, opening.Currency, opening.AmountMinor, OpeningCode, words));
            tx.Alert(ReconcileAlerts.Opening(opening, words));
        }

        await tx.Post(lines);
    }

    /// <param name="minor">Positive what Stripe's balance gained.</param>
    private static LedgerLine Line(
        string words, string account, string currency, long minor, string code, string reference) => minor > 0
        ? new LedgerLine(words, LedgerAccounts.StripeBalance, account, currency, minor, code, reference, "", 0)
        : new LedgerLine(words, account, LedgerAccounts.StripeBalance, currency, -minor, code, reference, "", 0);

    private static string Words(OutsideMovement movement) => $"stripe-movement/{movement.Id}";
}
