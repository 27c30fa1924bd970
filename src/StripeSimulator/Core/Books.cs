using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>
/// Everything that Stripe keeps: objects in the order they were made, balances, events. Counted ids, so a run can be repeated.
/// </summary>
public sealed class Books
{
    private readonly Dictionary<string, long> counters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> availableMinor = new(StringComparer.Ordinal);
    private readonly List<SimBalanceTransaction> pending = [];
    private readonly Dictionary<(string Account, string Currency), long> accountMinor = [];
    private long? nextMatureAt;
    private (DateTimeOffset At, string? RequestId, string? IdempotencyKey, string Host) current;

    public OrderedObjects<SimAccount> Accounts { get; } = new();

    public OrderedObjects<SimTransfer> Transfers { get; } = new();

    public OrderedObjects<SimCustomer> Customers { get; } = new();

    public OrderedObjects<SimPaymentMethod> PaymentMethods { get; } = new();

    public OrderedObjects<SimSetupIntent> SetupIntents { get; } = new();

    public OrderedObjects<SimPaymentIntent> PaymentIntents { get; } = new();

    public OrderedObjects<SimCharge> Charges { get; } = new();

    public OrderedObjects<SimRefund> Refunds { get; } = new();

    public OrderedObjects<SimDispute> Disputes { get; } = new();

    public OrderedObjects<SimFraudWarning> FraudWarnings { get; } = new();

    public OrderedObjects<SimPayout> Payouts { get; } = new();

    public OrderedObjects<SimBalanceTransaction> BalanceTransactions { get; } = new();

    public OrderedObjects<SimWebhookEndpoint> WebhookEndpoints { get; } = new();

    public OrderedObjects<SimEvent> Events { get; } = new();

    public Deliveries Deliveries { get; } = new();

    /// <summary>Where this request reached the simulator: the links it hands out lead there.</summary>
    public string Host => current.Host;

    /// <summary>Names the request in whose course everything until the next one happens; an operator's has no id.</summary>
    public void Begin(SimRequest request, string? requestId) =>
        current = (request.At, requestId, requestId is null ? null : request.IdempotencyKey,
            request.Host ?? "connect.stripe.com");

    public string NextId(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}_sim_{Next(prefix):D6}");

    /// <summary>Looks random and is the same in every run.</summary>
    public string NextSecret(string purpose) =>
        Convert.ToHexStringLower(SHA256.HashData(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{purpose}/{Next(purpose)}"))))[..32];

    /// <summary>The account, as long as the platform is connected to it.</summary>
    public SimAccount? ConnectedAccount(string id) => Accounts.Find(id) is { IsDeauthorized: false } account ? account : null;

    public long AvailableMinor(string currency) => availableMinor.GetValueOrDefault(currency);

    public long AccountMinor(string account, string currency) => accountMinor.GetValueOrDefault((account, currency));

    public void ChangeAccount(string account, string currency, long deltaMinor) =>
        accountMinor[(account, currency)] = AccountMinor(account, currency) + deltaMinor;

    /// <summary>Moves the platform's balance; what becomes available later stays pending until then.</summary>
    public SimBalanceTransaction Move(
        long now, long availableOn, long amountMinor, string currency, string type, string source, long feeMinor = 0,
        string? category = null, string? description = null)
    {
        var movement = new SimBalanceTransaction(NextId("txn"), now, availableOn, amountMinor, currency, type, source)
        {
            FeeMinor = feeMinor, ReportingCategory = category, Description = description,
        };
        BalanceTransactions.Add(movement.Id, movement);
        if (availableOn > now)
        {
            pending.Add(movement);
            nextMatureAt = nextMatureAt < availableOn ? nextMatureAt : availableOn;
        }
        else availableMinor[currency] = AvailableMinor(currency) + movement.NetMinor;
        return movement;
    }

    /// <summary>Moves the balance of a connected account, at once.</summary>
    public SimBalanceTransaction MoveAccount(
        string account, long now, long amountMinor, string currency, string type, string source)
    {
        ChangeAccount(account, currency, amountMinor);
        var movement = new SimBalanceTransaction(
            NextId("txn_acct"), now, now, amountMinor, currency, type, source) { Account = account };
        BalanceTransactions.Add(movement.Id, movement);
        return movement;
    }

    /// <summary>When more money becomes available by itself; null when nothing is pending.</summary>
    public long? NextMatureAt => nextMatureAt;

    /// <summary>
    /// Told as of the moment it became due, whoever looks first, so that a later run tells it alike. No event is made of money
    /// that leaves.
    /// </summary>
    public void Mature(long now)
    {
        if (!(nextMatureAt <= now)) return;
        foreach (var due in pending.Where(movement => movement.AvailableOn <= now).GroupBy(movement => movement.AvailableOn)
            .OrderBy(group => group.Key).ToList())
        {
            foreach (var movement in due)
                availableMinor[movement.Currency] = AvailableMinor(movement.Currency) + movement.NetMinor;
            pending.RemoveAll(movement => movement.AvailableOn == due.Key);
            if (due.Sum(movement => movement.NetMinor) <= 0) continue;
            current = (DateTimeOffset.FromUnixTimeSeconds(due.Key), null, null, current.Host);
            Emit(due.Key, "balance.available", BalanceToStripe());
        }

        nextMatureAt = pending.Count == 0 ? null : pending.Min(movement => movement.AvailableOn);
    }

    /// <param name="account">The connected account it happened to; null for the platform.</param>
    public void Emit(long now, string type, object subject, string? account = null)
    {
        var json = JsonSerializer.Serialize(subject);
        for (var copies = Deliveries.CopiesOf(type); copies > 0; copies--)
        {
            var happened = new SimEvent(NextId("evt"), now, type, json, account, current.RequestId, current.IdempotencyKey);
            Events.Add(happened.Id, happened);
            Deliveries.Announce(happened, WebhookEndpoints.All.Where(endpoint => endpoint.Wants(happened)), current.At);
        }
    }

    public object BalanceToStripe()
    {
        var currencies = availableMinor.Keys.Union(pending.Select(movement => movement.Currency)).Append("usd").Distinct()
            .Order(StringComparer.Ordinal).ToList();
        return new
        {
            @object = "balance",
            available = currencies.Select(currency => Part(currency, AvailableMinor(currency))),
            connect_reserved = currencies.Select(currency => Part(currency, ReservedMinor(currency))),
            livemode = false,
            pending = currencies.Select(currency =>
                Part(currency, pending.Where(movement => movement.Currency == currency).Sum(movement => movement.NetMinor))),
        };
    }

    public object AccountBalanceToStripe(string account)
    {
        var currencies = accountMinor.Keys.Where(key => key.Account == account).Select(key => key.Currency)
            .Append(Accounts.Find(account)?.DefaultCurrency ?? "usd").Distinct().Order(StringComparer.Ordinal).ToList();
        return new
        {
            @object = "balance",
            available = currencies.Select(currency => Part(currency, AccountMinor(account, currency))),
            livemode = false,
            pending = currencies.Select(currency => Part(currency, 0)),
        };
    }

    /// <summary>What the platform must keep back for connected accounts below zero.</summary>
    private long ReservedMinor(string currency) =>
        accountMinor.Where(entry => entry.Key.Currency == currency && entry.Value < 0).Sum(entry => -entry.Value);

    private long Next(string name) => counters[name] = counters.GetValueOrDefault(name) + 1;

    private static object Part(string currency, long amountMinor) =>
        new { amount = amountMinor, currency, source_types = new { card = amountMinor } };
}

/// <summary>Objects by id, in the order they were made.</summary>
public sealed class OrderedObjects<T>
    where T : class
{
    private readonly List<string> order = [];
    private readonly Dictionary<string, T> byId = new(StringComparer.Ordinal);

    public IEnumerable<T> All => order.Select(id => byId[id]);

    public T? Find(string id) => byId.GetValueOrDefault(id);

    public void Add(string id, T item)
    {
        byId.Add(id, item);
        order.Add(id);
    }

    public void Replace(string id, T item) => byId[id] = item;

    public void Remove(string id)
    {
        byId.Remove(id);
        order.Remove(id);
    }
}
