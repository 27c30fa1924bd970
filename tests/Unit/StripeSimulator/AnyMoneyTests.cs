using System.Text.Json;
using ContestPipeline.StripeSimulator.Core;
using FsCheck;
using FsCheck.Fluent;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>What holds after any history of payments, refunds, disputes, transfers, bank payouts and waits.</summary>
public sealed class AnyMoneyTests
{
    private static readonly string[] Methods =
        ["pm_card_visa", "pm_card_bypassPending", "pm_card_chargeDeclined", "pm_card_createDispute", "pm_card_pendingRefund",
            "pm_card_refundFail"];

    private static readonly Arbitrary<(int Act, int Which, int AmountMinor)[]> Histories = Gen.Choose(0, (11 * 6 * 40) - 1)
        .Select(n => (n % 11, n / 11 % 6, 50 + (n / 66 * 37)))
        .ArrayOf().Resize(40).ToArbitrary();

    [Fact]
    public void Available_and_pending_money_is_the_sum_of_all_movements() => Prop.ForAll(Histories, history =>
    {
        var stripe = Play(history);
        return BalanceMinor(stripe, null) == Movements(stripe, null).Sum(movement => movement.GetProperty("net").GetInt64())
            && BalanceMinor(stripe, Account)
                == Movements(stripe, Account).Sum(movement => movement.GetProperty("net").GetInt64());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_charge_gives_back_more_than_it_took_and_says_how_much() => Prop.ForAll(Histories, history =>
    {
        var stripe = Play(history);
        var refunds = All(stripe, "/v1/refunds", null).Where(refund => refund.GetProperty("status").GetString() != "failed")
            .ToLookup(refund => refund.GetProperty("charge").GetString(), refund => refund.GetProperty("amount").GetInt64());
        return All(stripe, "/v1/charges", null).All(charge =>
            charge.GetProperty("amount_refunded").GetInt64() == refunds[charge.GetProperty("id").GetString()].Sum()
            && charge.GetProperty("amount_refunded").GetInt64() <= charge.GetProperty("amount").GetInt64());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_later_run_of_the_same_requests_is_the_same_Stripe() => Prop.ForAll(Histories, history =>
    {
        var stripe = Play(history);
        var replayed = new StripeState();
        foreach (var (request, fault) in stripe.Journal) replayed.Replay(request, fault);
        var look = new SimRequest("GET", "/v1/balance_transactions", "limit=100", null, null, "sk_test_1", stripe.Now);
        return JsonSerializer.Serialize(stripe.State.EventsToStripe()) == JsonSerializer.Serialize(replayed.EventsToStripe())
            && stripe.State.Apply(look).Response?.Body == replayed.Apply(look).Response?.Body;
    }).QuickCheckThrowOnFailure();

    private static SimulatedStripe Play((int Act, int Which, int AmountMinor)[] history)
    {
        var stripe = new SimulatedStripe(fundsMinor: 3_000);
        foreach (var (act, which, amountMinor) in history)
        {
            var number = $"{which + 1:D6}";
            _ = act switch
            {
                0 or 1 => stripe.Pay(amountMinor, Methods[which]),
                2 => stripe.Post("/v1/refunds", $"charge=ch_sim_{number}&amount={amountMinor}").Response!.Body,
                3 => stripe.Post("/v1/refunds", $"charge=ch_sim_{number}").Response!.Body,
                4 => Command(
                    stripe, $"refunds/re_sim_{number}/settle", new { outcome = amountMinor % 2 == 0 ? "failed" : "succeeded" }),
                5 => Command(stripe, "disputes", new { charge = $"ch_sim_{number}", amount_minor = amountMinor }),
                6 => Command(stripe, $"disputes/du_sim_{number}/close", new { outcome = amountMinor % 2 == 0 ? "won" : "lost" }),
                7 => stripe.Transfer(null, amountMinor).Response!.Body,
                8 => stripe.Post($"/v1/transfers/tr_sim_{number}/reversals", $"amount={amountMinor}").Response!.Body,
                9 => Command(stripe, $"accounts/{Account}/payouts", new { amount_minor = amountMinor }),
                _ => Command(stripe, $"payouts/po_sim_{number}/{(amountMinor % 2 == 0 ? "paid" : "failed")}", new { }),
            };
            if (amountMinor % 5 == 0) stripe.Now = stripe.Now.AddHours(amountMinor % 48);
        }

        return stripe;
    }

    private static string Command(SimulatedStripe stripe, string name, object body) =>
        stripe.Admin(name, JsonSerializer.Serialize(body)).Response!.Body;

    private static long BalanceMinor(SimulatedStripe stripe, string? account)
    {
        var balance = Json(stripe.Get("/v1/balance", account: account));
        return new[] { "available", "pending" }.Sum(part => balance.GetProperty(part)[0].GetProperty("amount").GetInt64());
    }

    private static List<JsonElement> Movements(SimulatedStripe stripe, string? account) =>
        All(stripe, "/v1/balance_transactions", account);

    private static List<JsonElement> All(SimulatedStripe stripe, string path, string? account)
    {
        var all = new List<JsonElement>();
        for (var after = ""; ;)
        {
            var page = Json(stripe.Get(path, $"limit=100{after}", account));
            all.AddRange(page.GetProperty("data").EnumerateArray());
            if (!page.GetProperty("has_more").GetBoolean()) return all;
            after = $"&starting_after={all[^1].GetProperty("id").GetString()}";
        }
    }
}
