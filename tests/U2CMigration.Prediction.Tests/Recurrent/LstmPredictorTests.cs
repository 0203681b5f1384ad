using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Recurrent;
using U2CMigration.Prediction.Tests.Attention;

namespace U2CMigration.Prediction.Tests.Recurrent;

public sealed class LstmPredictorTests
{
    [Fact]
    public void Predict_AnyPage_AgreesWithAPlainLstm()
    {
        WeightSet weights = WeightSet.Shipped("lstm");
        LstmPredictor predictor = new(weights);
        PageHistories histories = RandomContainer.Observe(samples: 40, pages: 512, seed: 5, predictor.Learn);
        PagePrediction prediction = new();
        prediction.PrepareAll(histories);

        predictor.Predict(histories, prediction);

        ulong[] words = new ulong[64];
        histories.DirtyWords(1, 3, words);
        for (int i = 0; i < words.Length; i++)
        {
            double expected = PlainLstm.Probability(weights, words[i], horizon: 1);
            prediction.Probabilities(0, 1)[192 + i].Should().BeApproximately((float)expected, 1e-4f);
        }
    }

    [Fact]
    public void Predict_MoreDifferentPagesThanAreKeptAtOnce_EachGetsWhatItGetsAlone()
    {
        LstmPredictor predictor = new();
        PageHistories histories = RandomContainer.Observe(samples: 40, pages: 24 * PageHistories.ChunkPages, seed: 6, predictor.Learn);
        PagePrediction all = new();
        all.PrepareAll(histories);

        predictor.Predict(histories, all);

        for (int block = 0; block < all.Blocks.Count; block++)
        {
            PagePrediction one = new();
            one.Add(all.Blocks[block], all.Candidates(block));
            predictor.Predict(histories, one);
            one.Probabilities(0, 2).SequenceEqual(all.Probabilities(block, 2)).Should().BeTrue();
        }
    }

    /// <summary>The equations of Hochreiter and Schmidhuber, one page, double precision.</summary>
    private static class PlainLstm
    {
        private const int Hidden = 16;

        public static double Probability(WeightSet weights, ulong dirty, int horizon)
        {
            float[][] w = [.. weights.Tensors.Select(static tensor => tensor.Values)];
            double[] state = new double[Hidden];
            double[] cell = new double[Hidden];
            for (int age = 31; age >= 0; age--)
            {
                double bit = (dirty >> age) & 1;
                double[] gates = [.. Enumerable.Range(0, 4 * Hidden).Select(g => (w[0][g] * bit) + w[2][g] + Enumerable.Range(0, Hidden).Sum(i => w[1][(g * Hidden) + i] * state[i]))];
                for (int i = 0; i < Hidden; i++)
                {
                    cell[i] = (Sigmoid(gates[Hidden + i]) * cell[i]) + (Sigmoid(gates[i]) * Math.Tanh(gates[(2 * Hidden) + i]));
                    state[i] = Sigmoid(gates[(3 * Hidden) + i]) * Math.Tanh(cell[i]);
                }
            }

            return Sigmoid(w[4][horizon] + Enumerable.Range(0, Hidden).Sum(i => w[3][(horizon * Hidden) + i] * state[i]));
        }

        private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }
}
