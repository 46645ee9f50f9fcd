extension Info {
  /// The keys of the JSON output, for the help.
  static let keys = """
    --json prints one object. Every key is always there; what is not known
    is null, as are open sizes in shapes.
      file, kind, name, keras_version, weights_file, notes
      inputs, outputs: name, type, shape
      layers, as the file has them, those of a nested model after it:
        name, path, class, computes (a function or a substitute, where
        the class does not say it), depth, is_model, trainable, dtype_policy,
        output_shapes (each that occurs), parameters, trainable_parameters,
        multiply_adds (all calls), inputs (the layers that it reads),
        shared_with (an earlier layer with the same weights), weights:
          name, dataset, shape, type, parameters, trainable
      layer_count, operator_count (after optimisation)
      parameters, trainable_parameters, weight_bytes, optimizer_variables
      multiply_adds (as the file has it), gmac (after optimisation),
      measured_inputs (the sizes that both are for)
      exact, blockers (why not),
      rows, columns: halo_before, halo_after, modulus, stride,
        pixels_per_score, border (the pixels that the output lacks)
      input_axes, output_axes: taken (N, C, H, W in the file's order, HW
        for pixels as one axis), others (that the sizes allow as well)
      decides_classes (true where the output has class numbers)
      output_used (of several, the first), classes, class_colors,
      background (0: that of the first score, none: of no score),
      threshold (the probability that a score needs), resolution (metres),
      tile_size, tile_overlap (%), metadata_from: for each of classes,
        threshold, resolution, tile_size and scaling, who declares it
      input_scaling: source (metadata, model, type), layer, scale, mean, std,
        unit (samples, 0..1), evidence (what the model does to samples),
        doubtful (whether --scale should be given)
    """
}
