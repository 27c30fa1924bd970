using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// In some seeds others act at Stripe who have the dashboard or a key: they pay out and top up, move reserves, make transfers of
/// their own, make accounts, and edit the metadata of transfers that are paid. All of it has to be told of, and none of it may
/// change what a player gets.
/// </summary>
internal sealed partial class SimHands
{
    private const int OthersPercent = 20;
    private const int EditedPercent = 40;
    private const int ActsMax = 4;
    private const int HoursMax = 90;

    /// <summary>No prize is as much.</summary>
    private const int ByHandMinor = 1_234_567;

    private static readonly (string Type, int Minor)[] s_moves =
        [("topup", 70_000), ("payout", -30_000), ("reserve_transaction", -20_000), ("reserve_hold", -10_000),
            ("adjustment", -900), ("connect_collection_transfer", -500), ("tomorrows_type", -300)];

    private readonly SeededRandom others = world.ChanceOf("others");
    private readonly HashSet<string> seenPaidOut = new(StringComparer.Ordinal);
    private bool hasOthers;
    private int moved;

    private void PlanOthers()
    {
        hasOthers = !world.IsWithout(Weather.Others) && world.Back is null && others.Chance(OthersPercent);
        for (var n = hasOthers ? 1 + others.Next(ActsMax) : 0; n > 0; n--)
            Plan(TimeSpan.FromMinutes(others.Next(60 * HoursMax)),
                others.Chance(60) ? MoveBalance : others.Chance(50) ? TransferByHand : MakeAccount);
    }

    private void MoveBalance()
    {
        var (type, minor) = others.Pick(s_moves);
        var source = $"by_others_{++moved}";
        using var made = JsonDocument.Parse(
            Admin("/_admin/movements", $$"""{"type":"{{type}}","amount_minor":{{minor}},"source":"{{source}}"}"""));
        var id = made.RootElement.GetProperty("id").GetString()!;
        Tell($"others move {minor} as {type}", "balance moved by others", source, id);
        if (type != "topup") world.Stripe.MovedByOthers.Add((source, id));
    }

    private void TransferByHand()
    {
        if (seenAccounts.Count == 0 || !IsFunded) return;
        var account = others.Pick([.. seenAccounts.Order(StringComparer.Ordinal)]);
        var before = world.Stripe.State.Transfers.Count();
        world.Stripe.Try("POST", "/v1/transfers", $"amount={ByHandMinor}&currency=usd&destination={account}");
        if (world.Stripe.State.Transfers.Skip(before).FirstOrDefault() is not { } made) return;
        Tell($"others transfer {ByHandMinor} to {account}", "transfer made by others", made.Id, made.BalanceTransaction);
        if (hasSpenders) seenTransfers.Add(made.Id);
    }

    /// <summary>
    /// Of nobody who plays here: one that names a player is not played yet, see <see cref="SimAnswers.Parts"/>.
    /// </summary>
    private void MakeAccount()
    {
        using var made = JsonDocument.Parse(
            world.Stripe.Ask("POST", "/v1/accounts", "country=US&capabilities[transfers][requested]=true"));
        seenAccounts.Add(made.RootElement.GetProperty("id").GetString()!);
        Tell("others make an account", "account made by others", made.RootElement.GetProperty("id").GetString()!);
    }

    /// <summary>When it is known here that a transfer was made, its metadata are nobody's business any more.</summary>
    private void SeePaidOut()
    {
        if (!hasOthers) return;
        foreach (var paid in world.Broker.Messages<PayoutChangedV1>().Where(p => p.State == PayoutStates.Paid))
        {
            if (!seenPaidOut.Add(paid.PayoutId) || !others.Chance(EditedPercent)) continue;
            if (world.Stripe.State.Transfers.FirstOrDefault(t => t.TransferGroup == paid.PayoutId) is not { } transfer) continue;
            world.Stripe.Ask("POST", $"/v1/transfers/{transfer.Id}",
                $"metadata[payout_id]={others.Pick(["", "another", "00000000-0000-0000-0000-000000000000"])}&metadata[note]=edited");
            Tell($"others edit the metadata of {transfer.Id}", "metadata of a transfer edited", transfer.Id,
                transfer.BalanceTransaction);
        }
    }

    private void Tell(string what, string kind, params string[] ids)
    {
        world.Note(what);
        world.Faults.Hit(kind);
        world.Stripe.ByOthers.UnionWith(ids);
    }
}
