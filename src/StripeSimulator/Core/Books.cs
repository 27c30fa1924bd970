using System.Globalization;
using System.Text.Json;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Everything that Stripe keeps: objects in the order they were made, balances, events. Counted ids, so a run can be repeated.</summary>
public sealed class Books
{
    private readonly Dictionary<string, long> counters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> availableMinor = new(StringComparer.Ordinal);
    private readonly List<SimBalanceTransaction> pending = [];
    private readonly Dictionary<(string Account, string Currency), long> accountMinor = [];

    public OrderedObjects<SimAccount> Accounts { get; } = new();

    public OrderedObjects<SimTransfer> Transfers { get; } = new();

    public OrderedObjects<SimBalanceTransaction> BalanceTransactions { get; } = new();

    public OrderedObjects<SimEvent> Events { get; } = new();

    public string NextId(string prefix)
    {
        counters[prefix] = counters.GetValueOrDefault(prefix) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}_sim_{counters[prefix]:D6}");
    }

    public long AvailableMinor(string currency) => availableMinor.GetValueOrDefault(currency);

    public long AccountMinor(string account, string currency) => accountMinor.GetValueOrDefault((account, currency));

    public void ChangeAccount(string account, string currency, long deltaMinor) =>
        accountMinor[(account, currency)] = AccountMinor(account, currency) + deltaMinor;

    /// <summary>Moves the platform's balance; what becomes available later stays pending until then.</summary>
    public SimBalanceTransaction Move(long now, long availableOn, long amountMinor, string currency, string type, string source)
    {
        var movement = new SimBalanceTransaction(NextId("txn"), now, availableOn, amountMinor, currency, type, source);
        BalanceTransactions.Add(movement.Id, movement);
        if (availableOn > now) pending.Add(movement);
        else availableMinor[currency] = AvailableMinor(currency) + amountMinor;
        return movement;
    }

    public void Mature(long now)
    {
        foreach (var movement in pending.Where(movement => movement.AvailableOn <= now))
            availableMinor[movement.Currency] = AvailableMinor(movement.Currency) + movement.AmountMinor;
        pending.RemoveAll(movement => movement.AvailableOn <= now);
    }

    public void Emit(long now, string type, object subject)
    {
        var happened = new SimEvent(NextId("evt"), now, type, JsonSerializer.Serialize(subject));
        Events.Add(happened.Id, happened);
    }

    public object BalanceToStripe()
    {
        var currencies = availableMinor.Keys.Union(pending.Select(movement => movement.Currency)).Append("usd").Distinct().Order(StringComparer.Ordinal).ToList();
        return new
        {
            @object = "balance",
            available = currencies.Select(currency => Part(currency, AvailableMinor(currency))),
            livemode = false,
            pending = currencies.Select(currency => Part(currency, pending.Where(movement => movement.Currency == currency).Sum(movement => movement.AmountMinor))),
        };
    }

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
}
