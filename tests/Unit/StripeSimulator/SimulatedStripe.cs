using System.Text.Json;
using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>The simulator's core with an account that may receive transfers, money to pay with, and a clock to turn.</summary>
internal sealed class SimulatedStripe
{
    public const string Account = "acct_sim_000001";

    public SimulatedStripe(long fundsMinor = 1_000_000, bool limited = false)
    {
        if (!limited) Admin("limits", """{"endpoint_per_second_max":0,"global_per_second_max":0}""");
        Post("/v1/accounts", "capabilities[transfers][requested]=true&metadata[player_id]=player-1");
        Admin($"accounts/{Account}/capabilities", """{"transfers":"active"}""");
        if (fundsMinor > 0) Admin("funds", JsonSerializer.Serialize(new { amount_minor = fundsMinor }));
    }

    public StripeState State { get; } = new();

    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(50);

    public List<(SimRequest Request, Fault? Fault)> Journal { get; } = [];

    public int TransferCount => State.Transfers.Count();

    public long AvailableMinor => Json(Get("/v1/balance")).GetProperty("available")[0].GetProperty("amount").GetInt64();

    public SimOutcome Transfer(string? key, long amountMinor = 100, string destination = Account, string group = "contest-1") =>
        Post("/v1/transfers", $"amount={amountMinor}&currency=usd&destination={destination}&transfer_group={group}", key);

    public SimOutcome Post(string path, string parameters, string? key = null, string? account = null) =>
        Apply(new SimRequest("POST", path, parameters, key, account, "sk_test_1", Now));

    public SimOutcome Get(string path, string parameters = "", string? account = null) =>
        Apply(new SimRequest("GET", path, parameters, null, account, "sk_test_1", Now));

    public SimOutcome Delete(string path) => Apply(new SimRequest("DELETE", path, "", null, null, "sk_test_1", Now));

    /// <summary>A payment by card for an entry fee.</summary>
    /// <returns>The payment intent's id.</returns>
    public string Pay(long amountMinor = 1_000, string method = "pm_card_visa", string group = "entry-1")
    {
        var intent =
            Json(Post("/v1/payment_intents",
                $"amount={amountMinor}&currency=usd&transfer_group={group}&automatic_payment_methods[enabled]=true"));
        var id = intent.GetProperty("id").GetString()!;
        Admin($"payment_intents/{intent.GetProperty("client_secret").GetString()}/pay",
            JsonSerializer.Serialize(new { payment_method = method }));
        return id;
    }

    public JsonElement Intent(string id) => Json(Get($"/v1/payment_intents/{id}"));

    public JsonElement ChargeOf(string intentId) =>
        Json(Get($"/v1/charges/{Intent(intentId).GetProperty("latest_charge").GetString()}"));

    public SimOutcome Admin(string name, string body) =>
        Apply(new SimRequest("POST", $"/_admin/{name}", body, null, null, null, Now));

    public SimOutcome Fault(string kind, string endpoint = "transfers.create", int count = 1) =>
        Admin("faults", JsonSerializer.Serialize(new { kind, endpoint, count }));

    public static JsonElement Json(SimOutcome outcome) => JsonSerializer.Deserialize<JsonElement>(outcome.Response!.Body);

    public static string? Code(SimOutcome outcome) => Text(outcome, "code");

    public static string? Text(SimOutcome outcome, string name) =>
        Json(outcome).GetProperty("error").TryGetProperty(name, out var value) ? value.GetString() : null;

    public static bool IsReplayed(SimOutcome outcome) => outcome.Response!.Headers.ContainsKey("Idempotent-Replayed");

    public static string[] EventTypes(SimulatedStripe stripe, string? account = null) =>
        [.. Json(stripe.Get("/v1/events", "limit=100", account)).GetProperty("data").EnumerateArray()
            .Select(happened => happened.GetProperty("type").GetString()!)];

    public static string[] Ids(SimOutcome outcome) =>
        [.. Json(outcome).GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

    private SimOutcome Apply(SimRequest request)
    {
        var outcome = State.Apply(request);
        if (request.IsChange && (outcome.WasExecuted || outcome.Fault is not null)) Journal.Add((request, outcome.Fault));
        return outcome;
    }
}
