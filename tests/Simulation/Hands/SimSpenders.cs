using System.Text.Json;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// In some seeds winners take the money out of their accounts, at once or a day later, all of it or some: what is to be taken
/// back then is not there. Half of it goes to their banks, some of which do not take it, also days after they said that they had.
/// </summary>
internal sealed partial class SimHands
{
    private const int SpendersPercent = 10;
    private const int SpendersOfRegrettedPercent = 50;
    private const int SpendsPercent = 60;
    private const int BankPercent = 50;

    private static readonly TimeSpan[] s_spentAfter = [TimeSpan.Zero, TimeSpan.FromMinutes(10), TimeSpan.FromHours(3),
        TimeSpan.FromHours(30)];
    private static readonly string[][] s_bankEnds = [["paid"], ["paid"], ["paid"], ["failed"], ["paid", "failed"], ["canceled"],
        []];
    private static readonly TimeSpan[] s_bankAfter = [TimeSpan.FromMinutes(20), TimeSpan.FromHours(20), TimeSpan.FromDays(2)];
    private readonly SeededRandom spenders = world.ChanceOf("spend");
    private readonly HashSet<string> seenTransfers = new(StringComparer.Ordinal);

    /// <summary>Accounts whose holders have to name another bank account first.</summary>
    private readonly HashSet<string> bankless = new(StringComparer.Ordinal);

    private readonly Dictionary<string, long> spentOf = new(StringComparer.Ordinal);
    private bool hasSpenders;

    private void SeeTransfers()
    {
        if (!hasSpenders) return;
        foreach (var transfer in world.Stripe.State.Transfers.ToArray())
        {
            if (!seenTransfers.Add(transfer.Id) || !spenders.Chance(SpendsPercent)) continue;
            Plan(spenders.Pick(s_spentAfter), () => Spend(transfer.Destination, world.Stripe.Holders[transfer.Destination]));
        }
    }

    private void Spend(string account, string player)
    {
        var heldMinor = world.Stripe.State.Transfers.Where(t => t.Destination == account && !world.Stripe.MadeByOthers(t))
            .Sum(t => t.AmountMinor - t.ReversedMinor) - spentOf.GetValueOrDefault(account);
        var minor = spenders.Chance(50) ? heldMinor : heldMinor * (1 + spenders.Next(99)) / 100;
        if (minor <= 0) return;
        world.Note($"{player} spends {minor} of {heldMinor}");
        world.Faults.Hit("winner spent what was paid");
        if (spenders.Chance(BankPercent) && !bankless.Contains(account)) PayToBank(account, minor);
        else Admin($"/_admin/accounts/{account}/balance", $$"""{"delta_minor":{{-minor}}}""");
        spentOf[account] = spentOf.GetValueOrDefault(account) + minor;
        world.SpentMinor[player] = world.SpentMinor.GetValueOrDefault(player) + minor;
    }

    private void PayToBank(string account, long minor)
    {
        using var made = JsonDocument.Parse(Admin($"/_admin/accounts/{account}/payouts", $$"""{"amount_minor":{{minor}}}"""));
        var id = made.RootElement.GetProperty("id").GetString()!;
        world.Stripe.BankPayouts[id] = "in_transit";
        world.Faults.Hit("bank payout made");
        var after = TimeSpan.Zero;
        foreach (var end in spenders.Pick(s_bankEnds))
            Plan(after += spenders.Pick(s_bankAfter), () => End(id, account, minor, end));
    }

    /// <summary>What the bank did not take is in the account again; nothing more goes to that bank.</summary>
    private void End(string id, string account, long minor, string end)
    {
        world.Note($"bank payout {id} is {end}");
        world.Faults.Hit($"bank payout {end}{(world.Stripe.BankPayouts[id] == "paid" ? " after it was paid" : "")}");
        Admin($"/_admin/payouts/{id}/{end}", "{}");
        world.Stripe.BankPayouts[id] = end;
        if (end != "paid") spentOf[account] -= minor;
        if (end != "failed") return;
        bankless.Add(account);
        Plan(TimeSpan.FromMinutes(spenders.Pick(s_finishAfter)), () =>
        {
            Admin($"/_admin/accounts/{account}/onboarding", """{"outcome":"complete"}""");
            bankless.Remove(account);
        });
    }
}
