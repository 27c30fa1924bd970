using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Payout;

/// <summary>What the three-way comparison finds: every fault that is put in, with its leg and kind, and nothing else.</summary>
public sealed class ReconcileTests
{
    private static readonly DateTimeOffset s_from = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ReconcileWindow s_window = new(s_from, s_from.AddDays(10), s_from.AddDays(9));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_healthy_history_has_no_difference_and_full_scores(int seed)
    {
        var report = Compare(new BooksInThree(seed, s_from));

        Assert.Empty(report.Differences);
        Assert.True(report.Matched > 5_000, $"{report.Matched}");
        Assert.Equal((1m, 1m, 1m), (report.Clearing, report.Completeness, report.Timeliness));
        Assert.True(report.Outside > 0);
        Assert.True(report.Pending > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Of_a_thousand_faults_of_every_kind_each_is_found_once_in_its_leg_and_nothing_else_is(int seed)
    {
        var books = new BooksInThree(seed, s_from);
        var injected = Enumerable.Range(0, 1_000).Select(n => books.Inject(n % BooksInThree.FaultKinds)).ToArray();

        var report = Compare(books);

        var found = report.Differences.Select(d => (d.Leg, d.Kind, d.Subject)).Order().ToArray();
        Assert.Equal(injected.Order(), found);
        Assert.Equal(DifferenceKinds.All.Order(StringComparer.Ordinal),
            found.Select(f => f.Kind).Distinct().Order(StringComparer.Ordinal));
        Assert.True(report.Clearing < 1 && report.Completeness < 1 && report.Timeliness < 1);
    }

    [Fact]
    public void One_cent_is_a_difference_and_the_score_never_says_all_of_almost_all()
    {
        var books = new BooksInThree(6, s_from);
        books.Money[0] = books.Money[0] with { AmountMinor = books.Money[0].AmountMinor + 1 };

        var report = Compare(books);

        Assert.Equal(DifferenceKinds.Amount, Assert.Single(report.Differences).Kind);
        Assert.True(report.Clearing < 1);
    }

    [Fact]
    public void What_is_still_on_its_way_is_pending_and_not_missing_until_it_has_had_its_time()
    {
        var at = s_window.SettledBefore.AddMinutes(1);
        var stripe = new StripeFacts([new MoneyFact("txn_1", "tr_1", MoneyParts.Gross, -500, "usd", at)], [], []);
        var ledger = new LedgerFacts([], []);

        Assert.Equal((0, 1), Told(Reconcile.Compare(ledger, stripe, [], s_window, ReconcilePolicy.Default)));
        Assert.Equal((1, 0),
            Told(Reconcile.Compare(ledger, stripe, [], s_window with { SettledBefore = s_window.To }, ReconcilePolicy.Default)));
    }

    [Fact]
    public void One_movement_booked_to_two_accounts_is_no_difference_unless_a_cent_is_lost_between_them()
    {
        var stripe = new StripeFacts([new MoneyFact("txn_1", "trr_1", MoneyParts.Gross, 500, "usd", s_from)], [], []);
        LedgerFacts Split(long first, long second) => new(
            [new MoneyFact("a", "trr_1", MoneyParts.Gross, first, "usd", s_from),
                new MoneyFact("b", "trr_1", MoneyParts.Gross, second, "usd", s_from)], []);

        Assert.Empty(Reconcile.Compare(Split(300, 200), stripe, [], s_window, ReconcilePolicy.Default).Differences);
        Assert.NotEmpty(Reconcile.Compare(Split(300, 199), stripe, [], s_window, ReconcilePolicy.Default).Differences);
        Assert.Equal(DifferenceKinds.Duplicate,
            Assert.Single(Reconcile.Compare(Split(500, 500), stripe, [], s_window, ReconcilePolicy.Default).Differences).Kind);
    }

    [Fact]
    public void The_same_amount_in_another_currency_is_a_difference()
    {
        var ledger = new LedgerFacts([new MoneyFact("l", "tr_1", MoneyParts.Gross, -500, "usd", s_from)], []);
        var stripe = new StripeFacts([new MoneyFact("txn_1", "tr_1", MoneyParts.Gross, -500, "eur", s_from)], [], []);

        Assert.Equal(DifferenceKinds.Amount,
            Assert.Single(Reconcile.Compare(ledger, stripe, [], s_window, ReconcilePolicy.Default).Differences).Kind);
    }

    private static (int Differences, int Pending) Told(ReconcileReport report) => (report.Differences.Count, report.Pending);

    private static ReconcileReport Compare(BooksInThree books) => Reconcile.Compare(
        new LedgerFacts(books.Money, books.Objects), new StripeFacts(books.StripeMoney, books.StripeObjects, books.Outside),
        books.Events, s_window, ReconcilePolicy.Default);

    /// <summary>
    /// A seeded history as the ledger, Stripe and the events each have it; faults go into things nothing was done to before.
    /// </summary>
    private sealed class BooksInThree
    {
        public const int FaultKinds = 20;
        private const int Things = 2_400;
        private readonly SeededRandom chance;
        private readonly DateTimeOffset from;
        private readonly Queue<int> untouched;
        private int foreign;

        public BooksInThree(int seed, DateTimeOffset from)
        {
            (chance, this.from) = (new SeededRandom((ulong)seed), from);
            for (var n = 0; n < Things; n++) Add(n, from.AddMinutes(10 + chance.Next(8 * 24 * 60)));
            untouched = new Queue<int>(Enumerable.Range(0, Things).OrderBy(_ => chance.Next(int.MaxValue)));
            AddOddities();
        }

        public List<MoneyFact> Money { get; } = [];

        public List<ObjectFact> Objects { get; } = [];

        public List<MoneyFact> StripeMoney { get; } = [];

        public List<ObjectFact> StripeObjects { get; } = [];

        public List<EventFact> Events { get; } = [];

        public List<OutsideMovement> Outside { get; } = [];

        /// <returns>What must be found.</returns>
        public (string Leg, string Kind, string Subject) Inject(int fault)
        {
            // only transfers go to anybody
            while (fault == 13 && untouched.Peek() % 3 != 0) untouched.Enqueue(untouched.Dequeue());
            var (id, other) = (Id(untouched.Dequeue()), $"foreign_{++foreign}");
            return fault switch
            {
                0 => Drop(Money, m => Is(m, id), "balance", "missing", id),
                1 => Drop(StripeMoney, m => Is(m, id), "balance", "unknown-at-stripe", id),
                2 => Change(Money, m => Is(m, id), m => m, "balance", "duplicate", id, keep: true),
                3 => Change(
                    StripeMoney, m => Is(m, id), m => m with { Id = m.Id + "_again" }, "balance", "duplicate", id, keep: true),
                4 => Change(Money, m => Is(m, id), m => m with { AmountMinor = m.AmountMinor - 1 }, "balance", "amount", id),
                5 => Change(StripeMoney, m => Is(m, id), m => m with { Id = "txn_foreign", Subject = other }, "balance",
                    "unknown-here", other, keep: true),
                6 => Change(Money, m => Is(m, id), m => m with { At = m.At.AddHours(25) }, "balance", "late", id),
                7 => Drop(StripeObjects, o => o.StripeId == id, "objects", "unknown-at-stripe", id),
                8 => Change(Objects, o => o.StripeId == id, o => o with { StripeId = "" }, "objects", "missing", id),
                9 => Second(id, other, o => o with { Subject = null }, "unknown-here"),
                10 => Second(id, other, o => o, "duplicate"),
                11 => Change(Objects, o => o.StripeId == id, o => o with { Subject = o.Subject + "_other" }, "objects",
                    "duplicate", id, keep: true),
                12 => Change(
                    Objects, o => o.StripeId == id, o => o with { AmountMinor = o.AmountMinor + 1 }, "objects", "amount", id),
                13 => Change(StripeObjects, o => o.StripeId == id, o => o with { Destination = "acct_thief" }, "objects",
                    "destination", id),
                14 => Change(Objects, o => o.StripeId == id, o => o with { At = o.At.AddHours(30) }, "objects", "late", id),
                15 => Drop(Events, e => e.ObjectId == id, "events", "missing", id),
                16 => Change(Events, e => e.ObjectId == id,
                    e => e with { EventId = e.EventId + "_again", CreatedAt = e.CreatedAt.AddSeconds(1) }, "events", "duplicate",
                    id, keep: true),
                17 => Change(Events, e => e.ObjectId == id, e => e with { AmountMinor = 7 }, "events", "amount", id),
                18 => Change(Events, e => e.ObjectId == id, e => e with { EventId = "evt_foreign", ObjectId = other }, "events",
                    "unknown-at-stripe", other, keep: true),
                _ => Change(
                    Events, e => e.ObjectId == id, e => e with { ReceivedAt = e.ReceivedAt.AddHours(73) }, "events", "late", id),
            };
        }

        private static bool Is(MoneyFact money, string id) => money.Subject == id && money.Part == MoneyParts.Gross;

        private static string Id(int n) => (n % 3) switch { 0 => $"tr_{n}", 1 => $"ch_{n}", _ => $"re_{n}" };

        private void Add(int n, DateTimeOffset at)
        {
            var (kind, id) = ((n % 3) switch { 0 => "transfer", 1 => "payment", _ => "refund" }, Id(n));
            var amountMinor = 100L + chance.Next(100_000);
            var moved = kind == "payment" ? amountMinor : -amountMinor;
            var booked = at.AddSeconds(chance.Next(500));
            var destination = kind == "transfer" ? $"acct_{n}" : null;
            Money.Add(new MoneyFact($"line_{n}", id, MoneyParts.Gross, moved, "usd", booked));
            StripeMoney.Add(new MoneyFact($"txn_{n}", id, MoneyParts.Gross, moved, "usd", at));
            Objects.Add(new ObjectFact(kind, id, $"ours_{n}", amountMinor, "usd", destination, booked));
            StripeObjects.Add(new ObjectFact(kind, id, $"ours_{n}", amountMinor, "usd", destination, at));
            Events.Add(new EventFact($"evt_{n}", kind, id, n % 7 == 0 ? null : amountMinor, "usd", at, booked));
            if (kind != "payment") return;
            Money.Add(new MoneyFact($"fee_{n}", id, MoneyParts.Fee, -30, "usd", booked));
            StripeMoney.Add(new MoneyFact($"txn_{n}", id, MoneyParts.Fee, -30, "usd", at));
        }

        /// <summary>What is unusual and yet as it should be.</summary>
        private void AddOddities()
        {
            Outside.Add(
                new OutsideMovement("txn_topup", "topup", MovementTypes.Of("topup", null), 1_000_000, "usd", from.AddDays(1)));
            Events.Add(Events[0] with { EventId = "evt_twin" });
            foreach (var (amount, day) in ((long, int)[])[(-5_000, 1), (-1_500, 1), (5_000, 4), (-5_000, 5)])
            {
                // A dispute, won, lost again: several movements of one subject, two of them alike.
                Money.Add(
                    new MoneyFact($"dispute_{day}", "dp_1", MoneyParts.Gross, amount, "usd", from.AddDays(day).AddMinutes(1)));
                StripeMoney.Add(new MoneyFact($"txn_dispute_{day}", "dp_1", MoneyParts.Gross, amount, "usd", from.AddDays(day)));
            }

            // Over the edges of the window: one half inside, one outside; and one still on its way.
            Money.Add(new MoneyFact("edge_1", "tr_edge_1", MoneyParts.Gross, -1, "usd", from.AddSeconds(1)));
            StripeMoney.Add(new MoneyFact("txn_edge_1", "tr_edge_1", MoneyParts.Gross, -1, "usd", from.AddSeconds(-1)));
            Money.Add(new MoneyFact("before", "tr_before", MoneyParts.Gross, -1, "usd", from.AddSeconds(-5)));
            StripeMoney.Add(
                new MoneyFact("txn_young", "tr_young", MoneyParts.Gross, -9, "usd", s_window.SettledBefore.AddSeconds(5)));
        }

        /// <summary>Another object at Stripe, with its event.</summary>
        private (string, string, string) Second(string id, string second, Func<ObjectFact, ObjectFact> change, string kind)
        {
            StripeObjects.Add(change(StripeObjects.Single(o => o.StripeId == id)) with { StripeId = second });
            Events.Add(Events.First(e => e.ObjectId == id) with { EventId = "evt_of_" + second, ObjectId = second });
            return ("objects", kind, second);
        }

        private static (string, string, string) Drop<T>(
            List<T> facts, Predicate<T> which, string leg, string kind, string subject)
        {
            Assert.Equal(1, facts.RemoveAll(which));
            return (leg, kind, subject);
        }

        private static (string, string, string) Change<T>(
            List<T> facts, Predicate<T> which, Func<T, T> change, string leg, string kind, string subject, bool keep = false)
        {
            var at = facts.FindIndex(which);
            var changed = change(facts[at]);
            if (keep) facts.Add(changed);
            else facts[at] = changed;
            return (leg, kind, subject);
        }
    }
}
